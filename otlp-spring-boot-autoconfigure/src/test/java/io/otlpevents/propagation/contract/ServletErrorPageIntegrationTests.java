package io.otlpevents.propagation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The dispatch to the error page comes when the request's filters, and its span, have ended. */
class ServletErrorPageIntegrationTests {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00f067aa0ba902b7";

  @Test
  void hasTheContextOfTheRequestWithoutATracer() throws Exception {
    hasTheContextOfTheRequest(TracerUnderTest.NONE, TestApplication.ALONE);
  }

  @Test
  void hasTheSpanOfTheRequestWithSpringBootsTracer() throws Exception {
    hasTheContextOfTheRequest(
        TracerUnderTest.OPENTELEMETRY, "management.tracing.sampling.probability=1.0");
  }

  private static void hasTheContextOfTheRequest(TracerUnderTest tracer, String property)
      throws Exception {
    try (TestApplication application = TestApplication.servlet(property)) {
      String response =
          RawRequest.get(
              application.port(), "/broken", "traceparent: 00-" + TRACE + "-" + PARENT + "-01");
      assertThat(response).startsWith("HTTP/1.1 500");
      tracer.await(application, 1, 0);
      assertThat(application.events().traceId("on.error.page")).isEqualTo(TRACE);
      assertThat(application.events().spanId("on.error.page"))
          .isEqualTo(application.events().spanId("arrived"))
          .isEqualTo(tracer.serverSpanId(application, PARENT));
      application.assertNoContextRemains();
    }
  }
}
