package io.otlpevents.autoconfigure;

import io.otlpevents.actuate.EmittedEventsHealthIndicator;
import java.time.Clock;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;

/** Provides the health contributor {@code emittedEvents}. */
@AutoConfiguration(
    after = OtlpEventsAutoConfiguration.class,
    beforeName =
        "org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration")
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnEnabledHealthIndicator("emittedevents")
@ConditionalOnBean(ManagedEventPipeline.class)
public final class OtlpEventsHealthContributorAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "emittedEventsHealthIndicator")
  EmittedEventsHealthIndicator emittedEventsHealthIndicator(ManagedEventPipeline pipeline) {
    return new EmittedEventsHealthIndicator(pipeline.pipeline(), Clock.systemUTC());
  }
}
