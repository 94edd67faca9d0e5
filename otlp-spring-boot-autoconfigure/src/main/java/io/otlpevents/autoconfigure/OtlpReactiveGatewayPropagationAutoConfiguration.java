package io.otlpevents.autoconfigure;

import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.client.AllowedHosts;
import io.otlpevents.propagation.gateway.TracePropagationHeadersFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Mono;

/** Gives the trace context to requests that Spring Cloud Gateway on WebFlux passes on. */
// Filters without an order keep the one of their beans.
@AutoConfiguration(
    after = {OtlpPropagationAutoConfiguration.class, OtlpClientPropagationAutoConfiguration.class},
    afterName = "org.springframework.cloud.gateway.config.GatewayMetricsAutoConfiguration")
@ConditionalOnClass({HttpHeadersFilter.class, Mono.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean(TracePropagation.class)
public final class OtlpReactiveGatewayPropagationAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  TracePropagationHeadersFilter otlpTracePropagationHeadersFilter(
      TracePropagation propagation, AllowedHosts hosts) {
    return new TracePropagationHeadersFilter(propagation, hosts);
  }
}
