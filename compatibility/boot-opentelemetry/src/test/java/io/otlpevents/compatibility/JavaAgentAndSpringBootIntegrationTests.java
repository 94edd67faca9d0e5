package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.propagation.contract.ForkedJvm;
import io.otlpevents.propagation.contract.RunningApplication;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;

/** Whoever has two tracers hears of it. */
class JavaAgentAndSpringBootIntegrationTests {

  @Test
  void warnsOnce() throws Exception {
    long before = warnings();
    try (RunningApplication application = AgentAndSpringBoot.start(WebApplicationType.SERVLET)) {
      application.get("/call");
      application.get("/call");
      assertThat(application.events().records()).hasSize(2);
      assertThat(warnings()).isEqualTo(before + 1);
    }
  }

  /** So far, and for all applications. */
  private static long warnings() {
    return ForkedJvm.shared()
        .logged(
            "Several tracers are active: OpenTelemetry's Java agent, Spring Boot's OpenTelemetry");
  }
}
