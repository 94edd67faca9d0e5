package io.otlpevents.console.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.console.OtlpReceiver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.SpringFactoriesLoader;

class OtlpConsoleAutoConfigurationTests {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(OtlpConsoleAutoConfiguration.class));

  @Test
  void isRegistered() {
    assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
        .contains(OtlpConsoleAutoConfiguration.class.getName());
  }

  @Test
  void registersItsFailureAnalyzer() {
    // Some of Boot's analyzers need a bean factory, which does not matter here.
    assertThat(
            SpringFactoriesLoader.forDefaultResourceLocation(getClass().getClassLoader())
                .load(FailureAnalyzer.class, (type, name, failure) -> {}))
        .hasAtLeastOneElementOfType(ReceiverBindFailureAnalyzer.class);
  }

  @Test
  void isOffByDefault() {
    runner.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(OtlpReceiver.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "yes", ""})
  void isOffUnlessEnabledIsTrue(String enabled) {
    runner
        .withPropertyValues("otlp.console.enabled=" + enabled)
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(OtlpReceiver.class));
  }

  @ParameterizedTest
  @CsvSource({
    "grpc-port, 65536",
    "grpc-port, -1",
    "http-port, 70000",
    "http-port, -1",
    "max-events, 0",
    "max-bytes, 0B",
    "max-request-bytes, 0B",
    "max-request-bytes, 2GB",
    "host, ' '"
  })
  void failsToStartWithAnInvalidValueAndNamesItsProperty(String name, String value) {
    runner
        .withPropertyValues(
            "otlp.console.enabled=true",
            "otlp.console.grpc-port=0",
            "otlp.console.http-port=0",
            "otlp.console." + name + "=" + value)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                    .hasMessageContaining("otlp.console." + name));
  }

  @Test
  void failsToStartWhenBothPortsAreTheSame() {
    runner
        .withPropertyValues(
            "otlp.console.enabled=true",
            "otlp.console.grpc-port=4999",
            "otlp.console.http-port=4999")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("otlp.console.http-port")
                    .hasMessageContaining("otlp.console.grpc-port"));
  }

  @Test
  void failsToStartWithAValueOfTheWrongTypeAndNamesItsProperty() {
    runner
        .withPropertyValues("otlp.console.enabled=true", "otlp.console.grpc-port=many")
        .run(
            context ->
                assertThat(context).getFailure().hasStackTraceContaining("otlp.console.grpc-port"));
  }
}
