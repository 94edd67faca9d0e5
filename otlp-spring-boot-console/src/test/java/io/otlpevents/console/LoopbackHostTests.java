package io.otlpevents.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackHostTests {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:4318",
        "127.0.0.1",
        "127.0.0.1:4318",
        "[::1]:4318",
        "[::1]"
      })
  void acceptsNamesOfTheLoopbackInterface(String host) {
    assertThat(LoopbackHost.isNamedIn(List.of(host))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "127.0.0.1:4318.example.com",
        "evil@localhost",
        "10.0.0.1:4318",
        "0.0.0.0",
        "[::2]",
        "localhost:"
      })
  void refusesOtherNames(String host) {
    assertThat(LoopbackHost.isNamedIn(List.of(host))).isFalse();
  }

  @Test
  void refusesMissingAndRepeatedHeaders() {
    assertThat(LoopbackHost.isNamedIn(null)).isFalse();
    assertThat(LoopbackHost.isNamedIn(List.of())).isFalse();
    assertThat(LoopbackHost.isNamedIn(List.of("localhost", "example.com"))).isFalse();
  }
}
