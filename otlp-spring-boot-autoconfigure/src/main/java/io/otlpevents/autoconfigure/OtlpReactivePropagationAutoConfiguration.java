package io.otlpevents.autoconfigure;

import io.micrometer.context.ContextRegistry;
import io.otlpevents.EventEmitter;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.reactive.ReactiveEventEmitter;
import io.otlpevents.propagation.reactive.TraceContextAccessor;
import io.otlpevents.propagation.reactive.TracePropagationWebFilter;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** Takes the trace context from requests to WebFlux, and gives it to events in Reactor's chains. */
@AutoConfiguration(
    after = {OtlpPropagationAutoConfiguration.class, OtlpEventsAutoConfiguration.class})
@ConditionalOnClass(Mono.class)
public final class OtlpReactivePropagationAutoConfiguration {

  @Bean
  @ConditionalOnBean(EventEmitter.class)
  @ConditionalOnMissingBean
  ReactiveEventEmitter otlpReactiveEventEmitter(EventEmitter emitter) {
    return new ReactiveEventEmitter(emitter);
  }

  /** Where WebFlux serves. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(WebFilter.class)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
  @ConditionalOnBean(TracePropagation.class)
  static final class WebFluxConfiguration {

    @Bean
    @ConditionalOnMissingBean
    TracePropagationWebFilter otlpTracePropagationWebFilter(TracePropagation propagation) {
      return new TracePropagationWebFilter(propagation);
    }
  }

  /** Where Micrometer's Context Propagation moves contexts between threads. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ContextRegistry.class)
  @ConditionalOnBean(TracePropagation.class)
  static final class AccessorConfiguration {

    @Bean
    @Lazy(false)
    @ConditionalOnMissingBean
    AccessorRegistration otlpTraceContextAccessorRegistration(TracePropagation propagation) {
      return new AccessorRegistration(propagation);
    }
  }

  /** Registers the accessor while the application lives, if it has no tracer. */
  static final class AccessorRegistration implements SmartInitializingSingleton, DisposableBean {

    private final TracePropagation propagation;
    private boolean registered;

    AccessorRegistration(TracePropagation propagation) {
      this.propagation = propagation;
    }

    @Override
    public void afterSingletonsInstantiated() {
      if (propagation.alone()) {
        TraceContextAccessor.register();
        registered = true;
      }
    }

    @Override
    public void destroy() {
      if (registered) {
        registered = false;
        TraceContextAccessor.release();
      }
    }
  }
}
