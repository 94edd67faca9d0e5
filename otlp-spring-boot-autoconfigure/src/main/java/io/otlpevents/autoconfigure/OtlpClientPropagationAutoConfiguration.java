package io.otlpevents.autoconfigure;

import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.client.AllowedHosts;
import io.otlpevents.propagation.client.EgressGuard;
import io.otlpevents.propagation.client.JdkRequests;
import io.otlpevents.propagation.client.TracePropagationExchangeFilter;
import io.otlpevents.propagation.client.TracePropagationInterceptor;
import java.util.List;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Gives the trace context to requests that leave. Reaches the clients that are made with Spring
 * Boot's builders, and HTTP service clients, which are made with those.
 */
@AutoConfiguration(after = OtlpPropagationAutoConfiguration.class)
public final class OtlpClientPropagationAutoConfiguration {

  /** Where the context is carried on. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnBean(TracePropagation.class)
  static final class EnabledConfiguration {

    @Bean
    @ConditionalOnMissingBean
    AllowedHosts otlpPropagationAllowedHosts(PropagationProperties properties) {
      List<String> hosts = properties.egress().allowedHosts();
      return hosts == null ? AllowedHosts.all() : AllowedHosts.of(hosts);
    }

    @Bean
    @ConditionalOnMissingBean
    JdkRequests otlpJdkRequests(TracePropagation propagation, AllowedHosts hosts) {
      return new JdkRequests(propagation, hosts);
    }
  }

  /** Where it is not: code that uses the helper still starts. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingBean(TracePropagation.class)
  static final class DisabledConfiguration {

    @Bean
    @ConditionalOnMissingBean
    JdkRequests otlpDisabledJdkRequests() {
      return JdkRequests.none();
    }
  }

  /** RestClient. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({RestClient.class, RestClientCustomizer.class})
  @ConditionalOnBean(TracePropagation.class)
  static final class RestClientConfiguration {

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = "otlpPropagationRestClientCustomizer")
    RestClientCustomizer otlpPropagationRestClientCustomizer(
        TracePropagation propagation, AllowedHosts hosts) {
      TracePropagationInterceptor interceptor = new TracePropagationInterceptor(propagation, hosts);
      return builder ->
          builder.defaultRequest(request -> request.httpRequest(interceptor::addContext));
    }
  }

  /** Redirects of RestClient and RestTemplate. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({ClientHttpRequestFactory.class, ClientHttpRequestFactoryBuilder.class})
  @ConditionalOnBean(TracePropagation.class)
  static final class RedirectConfiguration {

    @Bean
    @ConditionalOnMissingBean
    static GuardedRequestFactories otlpGuardedRequestFactories(
        ConfigurableListableBeanFactory beans,
        ObjectProvider<TracePropagation> propagation,
        ObjectProvider<AllowedHosts> hosts) {
      return new GuardedRequestFactories(
          beans, () -> new EgressGuard(propagation.getObject(), hosts.getObject()));
    }
  }

  /** RestTemplate. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({RestTemplate.class, RestTemplateCustomizer.class})
  @ConditionalOnBean(TracePropagation.class)
  static final class RestTemplateConfiguration {

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = "otlpPropagationRestTemplateCustomizer")
    RestTemplateCustomizer otlpPropagationRestTemplateCustomizer(
        TracePropagation propagation, AllowedHosts hosts) {
      TracePropagationInterceptor interceptor = new TracePropagationInterceptor(propagation, hosts);
      return template -> template.getInterceptors().add(interceptor);
    }
  }

  /** Redirects of WebClient. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({
    ClientHttpConnector.class,
    ClientHttpConnectorBuilder.class,
    Publisher.class
  })
  @ConditionalOnBean(TracePropagation.class)
  static final class ReactiveRedirectConfiguration {

    @Bean
    @ConditionalOnMissingBean
    static GuardedConnectors otlpGuardedConnectors(
        ConfigurableListableBeanFactory beans,
        ObjectProvider<TracePropagation> propagation,
        ObjectProvider<AllowedHosts> hosts) {
      return new GuardedConnectors(
          beans, () -> new EgressGuard(propagation.getObject(), hosts.getObject()));
    }
  }

  /** WebClient. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({WebClient.class, WebClientCustomizer.class})
  @ConditionalOnBean(TracePropagation.class)
  static final class WebClientConfiguration {

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = "otlpPropagationWebClientCustomizer")
    WebClientCustomizer otlpPropagationWebClientCustomizer(
        TracePropagation propagation, AllowedHosts hosts) {
      TracePropagationExchangeFilter filter =
          new TracePropagationExchangeFilter(propagation, hosts);
      return builder -> builder.filter(filter);
    }
  }
}
