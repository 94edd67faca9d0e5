package io.otlpevents.sample.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class EmbeddedReceiverSwitchTests {

  @Test
  void isOnWhereNothingIsConfigured() {
    assertOn(prepared(Map.of(), Map.of()));
  }

  @Test
  void isOnWhereTheEndpointIsEmpty() {
    assertOn(prepared(Map.of("otlp.endpoint", " "), Map.of()));
  }

  @Test
  void isOnWhereOnlyThePortsOfTheReceiverAreSet() {
    assertOn(prepared(Map.of("otlp.console.grpc-port", "14317"), Map.of()));
  }

  @Test
  void isOffWhereAPropertyNamesACollector() {
    assertOff(prepared(Map.of("otlp.endpoint", "http://collector:4317"), Map.of()));
  }

  @Test
  void isOffWhereTheEnvironmentNamesACollector() {
    assertOff(prepared(Map.of(), Map.of("OTLP_ENDPOINT", "http://collector:4317")));
  }

  @Test
  void isOffWhereTheUserSwitchesItOff() {
    assertOff(prepared(Map.of("otlp.console.enabled", "false"), Map.of()));
  }

  @Test
  void letsAUserRunTheReceiverNextToACollector() {
    ConfigurableEnvironment environment =
        prepared(
            Map.of("otlp.endpoint", "http://collector:4317", "otlp.console.enabled", "true"),
            Map.of());

    assertThat(environment.getProperty("otlp.console.enabled")).isEqualTo("true");
    assertThat(environment.containsProperty("shop.embedded-receiver")).isFalse();
  }

  private static void assertOn(ConfigurableEnvironment environment) {
    assertThat(environment.getProperty("otlp.console.enabled")).isEqualTo("true");
    assertThat(environment.getProperty("shop.embedded-receiver")).isEqualTo("true");
  }

  private static void assertOff(ConfigurableEnvironment environment) {
    assertThat(environment.getProperty("otlp.console.enabled", "false")).isEqualTo("false");
    assertThat(environment.containsProperty("shop.embedded-receiver")).isFalse();
  }

  private static ConfigurableEnvironment prepared(
      Map<String, Object> properties, Map<String, Object> variables) {
    StandardEnvironment environment =
        new StandardEnvironment() {
          @Override
          protected void customizePropertySources(MutablePropertySources sources) {
            sources.addLast(new MapPropertySource("properties", properties));
            sources.addLast(new SystemEnvironmentPropertySource("variables", variables));
          }
        };
    ConfigurationPropertySources.attach(environment);
    new EmbeddedReceiverSwitch()
        .onApplicationEvent(
            new ApplicationEnvironmentPreparedEvent(
                new DefaultBootstrapContext(),
                new SpringApplication(),
                new String[0],
                environment));
    return environment;
  }
}
