package io.otlpevents.autoconfigure;

import io.otlpevents.actuate.EmittedEventsEndpoint;
import java.time.Clock;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Provides the Actuator endpoint {@code emittedevents}, where it is exposed. */
@AutoConfiguration(after = OtlpEventsAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(EmittedEventsEndpoint.class)
@ConditionalOnBean(ManagedEventPipeline.class)
public final class OtlpEventsEndpointAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  EmittedEventsEndpoint emittedEventsEndpoint(ManagedEventPipeline pipeline) {
    return new EmittedEventsEndpoint(pipeline.pipeline(), Clock.systemUTC());
  }
}
