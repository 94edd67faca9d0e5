package io.otlpevents.compatibility;

import io.otlpevents.propagation.contract.ForkedApplication;
import io.otlpevents.propagation.contract.ForkedJvm;
import io.otlpevents.propagation.contract.RecordedSpan;
import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.TestApplication;
import io.otlpevents.propagation.contract.TracerUnderTest;
import java.util.List;
import org.springframework.boot.WebApplicationType;

/**
 * Spring Boot's tracer under the agent: OpenTelemetry's context has the caller's span then, because
 * the agent does not take Spring Boot's for one of its own. So do events, and so do calls of
 * clients whose headers win over the agent's. All of that is the same without this library.
 */
final class AgentAndSpringBoot implements TracerUnderTest {

  static final TracerUnderTest TRACER = new AgentAndSpringBoot();
  private static final TracerUnderTest BOTH =
      TracerUnderTest.spansOf(RecordedSpan.OPENTELEMETRY, ForkedApplication.APPLICATION);

  private AgentAndSpringBoot() {}

  static RunningApplication start(WebApplicationType web, String... properties) {
    return new ForkedApplication(
        ForkedJvm.shared(),
        web,
        TestApplication.with(
            properties,
            "management.tracing.sampling.probability=1.0",
            "management.otlp.metrics.export.enabled=false"));
  }

  @Override
  public void await(RunningApplication application, int requests, int calls) {
    BOTH.await(application, requests, calls);
  }

  @Override
  public String serverSpanId(RunningApplication application, String parentId) {
    return parentId;
  }

  @Override
  public String traceparent(RunningApplication application, String arrived) {
    return application.downstream().header(0, "traceparent").contains(arrived)
        ? arrived
        : BOTH.traceparent(application, arrived);
  }

  /** The agent turns the trace state around where it writes it. */
  static List<String> traceState(RunningApplication application) {
    List<String> left = application.downstream().header(0, "tracestate");
    return left.equals(List.of("b=2,a=1")) ? left : List.of("a=1,b=2");
  }
}
