package io.otlpevents.autoconfigure;

import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.client.AllowedHosts;
import io.otlpevents.propagation.gateway.TracePropagationRequestHeadersFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.cloud.gateway.server.mvc.filter.HttpHeadersFilter.RequestHttpHeadersFilter;
import org.springframework.context.annotation.Bean;

/** Gives the trace context to requests that Spring Cloud Gateway on servlets passes on. */
@AutoConfiguration(
    after = {OtlpPropagationAutoConfiguration.class, OtlpClientPropagationAutoConfiguration.class})
@ConditionalOnClass(RequestHttpHeadersFilter.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(TracePropagation.class)
public final class OtlpServletGatewayPropagationAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  TracePropagationRequestHeadersFilter otlpTracePropagationRequestHeadersFilter(
      TracePropagation propagation, AllowedHosts hosts) {
    return new TracePropagationRequestHeadersFilter(propagation, hosts);
  }
}
