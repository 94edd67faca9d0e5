package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OtlpSettingsTests {

  private final OtlpSettings.Builder settings =
      OtlpSettings.builder(URI.create("http://localhost:4317"));

  @ParameterizedTest
  @ValueSource(strings = {"localhost:4317", "ftp://localhost:4317", "http:///v1/logs", "/v1/logs"})
  void refusesAnEndpointWithoutSchemeOrHost(String endpoint) {
    assertThatThrownBy(() -> OtlpSettings.builder(URI.create(endpoint)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("http://host:port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nx-admin: 1", "a\nb", "nul\0", "\u00e9"})
  void refusesAHeaderValueThatWouldForgeAnotherAndDoesNotRepeatIt(String value) {
    assertThatThrownBy(() -> settings.headers(Map.of("authorization", value)))
        .hasMessageContaining("authorization")
        .hasMessageNotContaining(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:b", "a\r\nb"})
  void refusesAHeaderNameThatIsNoToken(String name) {
    assertThatThrownBy(() -> settings.headers(Map.of(name, "v")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void takesOrdinaryHeaders() {
    assertThatCode(() -> settings.headers(Map.of("Authorization", "Bearer abc.def=~")))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesTimeoutsThatWouldMeanForEver() {
    assertThatThrownBy(() -> settings.timeout(Duration.ZERO)).hasMessageContaining("timeout");
    assertThatThrownBy(() -> settings.connectTimeout(Duration.ofMillis(-1)))
        .hasMessageContaining("connectTimeout");
  }
}
