package io.otlpevents.autoconfigure;

import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.otlpevents.propagation.BaggageLimits;
import io.otlpevents.propagation.StrictPropagator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Puts the strict propagator in front of the application's tracer, on request. */
@AutoConfiguration
@ConditionalOnProperty(name = "otlp.propagation.strict", havingValue = "true")
@Conditional(PropagationEnabledCondition.class)
@EnableConfigurationProperties(PropagationProperties.class)
public final class OtlpStrictPropagationAutoConfiguration {

  @Bean
  static StrictPostProcessor otlpStrictPropagation(
      ObjectProvider<PropagationProperties> properties) {
    return new StrictPostProcessor(properties);
  }

  /** OpenTelemetry's own starter has no bean with propagators, but asks for customizers. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(AutoConfigurationCustomizerProvider.class)
  static final class OpenTelemetryStarterConfiguration {

    @Bean
    AutoConfigurationCustomizerProvider otlpStrictPropagatorCustomizer(
        PropagationProperties properties) {
      BaggageLimits limits = properties.baggage().limits();
      return customizer ->
          customizer.addPropagatorCustomizer(
              (propagator, config) -> new StrictPropagator(propagator, limits));
    }
  }

  /** Wraps the propagators that Spring Boot's tracing uses. */
  static final class StrictPostProcessor implements BeanPostProcessor {

    private final ObjectProvider<PropagationProperties> properties;

    StrictPostProcessor(ObjectProvider<PropagationProperties> properties) {
      this.properties = properties;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
      if (!(bean instanceof ContextPropagators propagators)) {
        return bean;
      }
      TextMapPropagator strict =
          new StrictPropagator(
              propagators.getTextMapPropagator(), properties.getObject().baggage().limits());
      return ContextPropagators.create(strict);
    }
  }
}
