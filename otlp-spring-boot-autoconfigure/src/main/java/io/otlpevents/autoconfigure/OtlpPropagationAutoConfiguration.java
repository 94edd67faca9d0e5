package io.otlpevents.autoconfigure;

import io.otlpevents.SpanSource;
import io.otlpevents.propagation.CurrentSpans;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.TraceStacks;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Provides the {@link TracePropagation} that servers, clients and brokers share. Defines no bean of
 * a type that Spring Boot or OpenTelemetry's own starter collects.
 */
@AutoConfiguration(
    before = OtlpEventsAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration",
      "io.opentelemetry.instrumentation.spring.autoconfigure.OpenTelemetryAutoConfiguration"
    })
public final class OtlpPropagationAutoConfiguration {

  // Knows the tracers once all beans are there, however lazy they are.
  @Bean
  @Lazy(false)
  @ConditionalOnMissingBean
  TraceStackDetection otlpTraceStackDetection(ListableBeanFactory beans) {
    return new TraceStackDetection(beans);
  }

  @Bean
  @ConditionalOnMissingBean
  TraceStacks otlpTraceStacks(TraceStackDetection detection) {
    return new TraceStacks(detection);
  }

  // Events have their span whether or not this library carries contexts.
  @Bean
  @ConditionalOnMissingBean(SpanSource.class)
  CurrentSpans otlpCurrentSpans(TraceStacks stacks) {
    return new CurrentSpans(stacks);
  }

  /** Where the context is carried on. */
  @Configuration(proxyBeanMethods = false)
  @Conditional(PropagationEnabledCondition.class)
  @EnableConfigurationProperties(PropagationProperties.class)
  static final class EnabledConfiguration {

    @Bean
    @ConditionalOnMissingBean
    TracePropagation otlpTracePropagation(
        PropagationProperties properties, Environment environment, TraceStacks stacks) {
      return TracePropagation.builder()
          .mode(properties.mode())
          .formats(PropagationFormats.of(properties, environment))
          .baggage(properties.baggage().limits())
          .sampledRatio(properties.sampledRatio())
          .stacks(stacks)
          .build();
    }
  }
}
