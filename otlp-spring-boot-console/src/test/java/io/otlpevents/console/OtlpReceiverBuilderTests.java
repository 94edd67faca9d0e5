package io.otlpevents.console;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OtlpReceiverBuilderTests {

  private final OtlpReceiver.Builder builder = OtlpReceiver.builder();

  @Test
  void refusesPortsThatDoNotExist() {
    assertRefused(() -> builder.grpcPort(-1), "grpcPort");
    assertRefused(() -> builder.grpcPort(65_536), "grpcPort");
    assertRefused(() -> builder.httpPort(-1), "httpPort");
    assertRefused(() -> builder.httpPort(65_536), "httpPort");
  }

  @Test
  void refusesBoundsThatAdmitNothing() {
    assertRefused(() -> builder.maxEvents(0), "maxEvents");
    assertRefused(() -> builder.maxBytes(0), "maxBytes");
    assertRefused(() -> builder.maxRequestBytes(0), "maxRequestBytes");
    assertRefused(() -> builder.host(" "), "host");
  }

  private static void assertRefused(Runnable call, String name) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }
}
