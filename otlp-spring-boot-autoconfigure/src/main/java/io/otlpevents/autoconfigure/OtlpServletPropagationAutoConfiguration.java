package io.otlpevents.autoconfigure;

import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.servlet.TracePropagationFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.util.EnumSet;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;

/** Takes the trace context from requests to servlets. */
@AutoConfiguration(after = OtlpPropagationAutoConfiguration.class)
@ConditionalOnClass({Filter.class, FilterRegistrationBean.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(TracePropagation.class)
public final class OtlpServletPropagationAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "otlpTracePropagationFilter")
  FilterRegistrationBean<TracePropagationFilter> otlpTracePropagationFilter(
      TracePropagation propagation) {
    FilterRegistrationBean<TracePropagationFilter> registration =
        new FilterRegistrationBean<>(new TracePropagationFilter(propagation));
    registration.setOrder(TracePropagationFilter.ORDER);
    registration.setDispatcherTypes(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
    return registration;
  }
}
