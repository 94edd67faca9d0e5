package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtlpEnvironmentTests {

  @Test
  void prefersTheVariablesOfLogs() {
    OtlpEnvironment environment =
        read(
            Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT", "http://generic:1",
                "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://logs:2/own",
                "OTEL_EXPORTER_OTLP_TIMEOUT", "5000",
                "OTEL_EXPORTER_OTLP_COMPRESSION", "gzip",
                "OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", "",
                "OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20canary+1, x-a = b"));
    assertThat(environment.endpoint()).isEqualTo(URI.create("http://logs:2/own"));
    assertThat(environment.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(environment.compression()).isEqualTo(OtlpCompression.GZIP);
    assertThat(environment.headers())
        .containsOnly(Map.entry("authorization", "Bearer canary+1"), Map.entry("x-a", "b"));
    assertThat(environment.toString()).doesNotContain("canary");
  }

  @Test
  void prefersTheVariablesOfLogsForEachSetting() {
    Map<String, String> variables = new HashMap<>();
    Map.of(
            "PROTOCOL", "grpc http/json",
            "HEADERS", "a=1 b=2",
            "TIMEOUT", "1 2",
            "COMPRESSION", "gzip zstd",
            "CERTIFICATE", "/ca /logs-ca",
            "CLIENT_KEY", "/key /logs-key",
            "CLIENT_CERTIFICATE", "/client /logs-client")
        .forEach(
            (suffix, values) -> {
              variables.put("OTEL_EXPORTER_OTLP_" + suffix, values.split(" ")[0]);
              variables.put("OTEL_EXPORTER_OTLP_LOGS_" + suffix, values.split(" ")[1]);
            });
    assertThat(read(variables))
        .isEqualTo(
            new OtlpEnvironment(
                null,
                "http/json",
                Map.of("b", "2"),
                Duration.ofMillis(2),
                OtlpCompression.ZSTD,
                "/logs-ca",
                "/logs-key",
                "/logs-client"));
  }

  @ParameterizedTest
  @CsvSource({"grpc, http://g:1/base", "http/json, http://g:1/base/v1/logs"})
  void appendsThePathToTheGenericEndpointForHttpOnly(String protocol, String endpoint) {
    assertThat(
            read(Map.of(
                    "OTEL_EXPORTER_OTLP_ENDPOINT",
                    "http://g:1/base",
                    "OTEL_EXPORTER_OTLP_PROTOCOL",
                    protocol))
                .endpoint())
        .isEqualTo(URI.create(endpoint));
  }

  @ParameterizedTest
  @CsvSource({
    "OTEL_EXPORTER_OTLP_HEADERS, canary",
    "OTEL_EXPORTER_OTLP_LOGS_HEADERS, a=%0Acanary",
    "OTEL_EXPORTER_OTLP_ENDPOINT, http://canary@host:1",
    "OTEL_EXPORTER_OTLP_TIMEOUT, canary",
    "OTEL_EXPORTER_OTLP_PROTOCOL, canary",
    "OTEL_EXPORTER_OTLP_COMPRESSION, canary"
  })
  void namesAMalformedVariableAndRepeatsNoValue(String variable, String value) {
    assertThatThrownBy(() -> read(Map.of(variable, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(variable)
        .hasMessageNotContaining("canary")
        .hasNoCause();
  }

  private static OtlpEnvironment read(Map<String, String> variables) {
    return OtlpEnvironment.read(variables::get, "grpc");
  }
}
