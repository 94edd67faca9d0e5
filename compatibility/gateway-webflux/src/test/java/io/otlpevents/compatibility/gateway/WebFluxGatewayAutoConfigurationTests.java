package io.otlpevents.compatibility.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.autoconfigure.OtlpClientPropagationAutoConfiguration;
import io.otlpevents.autoconfigure.OtlpPropagationAutoConfiguration;
import io.otlpevents.autoconfigure.OtlpReactiveGatewayPropagationAutoConfiguration;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.client.AllowedHosts;
import io.otlpevents.propagation.gateway.TracePropagationHeadersFilter;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;

class WebFluxGatewayAutoConfigurationTests {

  private static final AutoConfigurations CONFIGURATIONS =
      AutoConfigurations.of(
          OtlpPropagationAutoConfiguration.class,
          OtlpClientPropagationAutoConfiguration.class,
          OtlpReactiveGatewayPropagationAutoConfiguration.class);

  private final ReactiveWebApplicationContextRunner runner =
      new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS);

  @Test
  void filtersHeaders() {
    runner.run(context -> assertThat(context).hasSingleBean(TracePropagationHeadersFilter.class));
  }

  @Test
  void filtersNothingWhereNothingIsPropagated() {
    runner
        .withPropertyValues("otlp.propagation.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(TracePropagationHeadersFilter.class));
  }

  @Test
  void filtersNothingOutsideOfItsServer() {
    new ApplicationContextRunner()
        .withConfiguration(CONFIGURATIONS)
        .run(context -> assertThat(context).doesNotHaveBean(TracePropagationHeadersFilter.class));
  }

  @Test
  void filtersNothingWithoutTheGateway() {
    runner
        .withClassLoader(new FilteredClassLoader("org.springframework.cloud.gateway"))
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(TracePropagationHeadersFilter.class));
  }

  @Test
  void backsOffFromTheUsersFilter() {
    TracePropagationHeadersFilter own =
        new TracePropagationHeadersFilter(TracePropagation.builder().build(), AllowedHosts.all());
    runner
        .withBean(TracePropagationHeadersFilter.class, () -> own)
        .run(
            context ->
                assertThat(context.getBean(TracePropagationHeadersFilter.class)).isSameAs(own));
  }
}
