package io.otlpevents.autoconfigure;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.otlpevents.actuate.EventMeters;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Provides the meters below {@code otlp.events}, which Spring Boot binds to every registry. */
@AutoConfiguration(after = OtlpEventsAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(ManagedEventPipeline.class)
public final class OtlpEventsMetricsAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  EventMeters otlpEventMeters(ManagedEventPipeline pipeline) {
    return new EventMeters(pipeline.pipeline(), Clock.systemUTC());
  }
}
