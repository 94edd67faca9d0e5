package io.otlpevents.compatibility.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.autoconfigure.OtlpClientPropagationAutoConfiguration;
import io.otlpevents.autoconfigure.OtlpPropagationAutoConfiguration;
import io.otlpevents.autoconfigure.OtlpServletGatewayPropagationAutoConfiguration;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.client.AllowedHosts;
import io.otlpevents.propagation.gateway.TracePropagationRequestHeadersFilter;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

class WebMvcGatewayAutoConfigurationTests {

  private static final AutoConfigurations CONFIGURATIONS =
      AutoConfigurations.of(
          OtlpPropagationAutoConfiguration.class,
          OtlpClientPropagationAutoConfiguration.class,
          OtlpServletGatewayPropagationAutoConfiguration.class);

  private final WebApplicationContextRunner runner =
      new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS);

  @Test
  void filtersHeaders() {
    runner.run(
        context -> assertThat(context).hasSingleBean(TracePropagationRequestHeadersFilter.class));
  }

  @Test
  void filtersNothingWhereNothingIsPropagated() {
    runner
        .withPropertyValues("otlp.propagation.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(TracePropagationRequestHeadersFilter.class));
  }

  @Test
  void filtersNothingOutsideOfItsServer() {
    new ApplicationContextRunner()
        .withConfiguration(CONFIGURATIONS)
        .run(
            context ->
                assertThat(context).doesNotHaveBean(TracePropagationRequestHeadersFilter.class));
  }

  @Test
  void filtersNothingWithoutTheGateway() {
    runner
        .withClassLoader(new FilteredClassLoader("org.springframework.cloud.gateway"))
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(TracePropagationRequestHeadersFilter.class));
  }

  @Test
  void backsOffFromTheUsersFilter() {
    TracePropagationRequestHeadersFilter own =
        new TracePropagationRequestHeadersFilter(
            TracePropagation.builder().build(), AllowedHosts.all());
    runner
        .withBean(TracePropagationRequestHeadersFilter.class, () -> own)
        .run(
            context ->
                assertThat(context.getBean(TracePropagationRequestHeadersFilter.class))
                    .isSameAs(own));
  }
}
