package io.otlpevents.propagation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One tracer, or none, and each way through an application: the event has the right ids, one trace
 * leaves, no span is added, and no context remains on a thread.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TraceMatrixContract {

  protected static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  protected static final String PARENT = "00f067aa0ba902b7";
  private static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";

  private TestApplication application;
  private TestApplication without;

  /** The tracer under test, and what it is expected to do. */
  protected abstract TracerUnderTest tracer();

  /** Starts the application with the tracer and these properties. */
  protected abstract TestApplication start(String... properties);

  /** The paths to ask for, and the name of the event that belongs to the server's span. */
  protected abstract Iterable<Way> ways();

  /**
   * A way through the application.
   *
   * @param path what is asked for
   * @param event whose span has to be the server's
   */
  public record Way(String path, String event) {}

  @BeforeAll
  final void startApplications() {
    application = start();
    without = start("otlp.propagation.enabled=false");
  }

  @AfterAll
  final void stopApplications() throws Exception {
    application.close();
    without.close();
  }

  @BeforeEach
  final void forget() {
    application.downstream.clear();
    without.downstream.clear();
    application.events().clear();
    tracer().forget(application);
    tracer().forget(without);
  }

  @AfterEach
  final void leavesNothingBehind() {
    Threads.assertNoContextRemains(application);
  }

  @ParameterizedTest
  @MethodSource("ways")
  final void eventsBelongToTheSpanOfTheRequest(Way way) {
    ask(application, way);
    assertThat(application.events().traceId(way.event)).isEqualTo(TRACE);
    assertThat(application.events().spanId(way.event))
        .isEqualTo(tracer().serverSpanId(application, PARENT));
  }

  @ParameterizedTest
  @MethodSource("ways")
  final void oneTraceLeaves(Way way) {
    ask(application, way);
    assertThat(application.downstream.count()).isEqualTo(1);
    assertThat(application.downstream.header(0, "traceparent"))
        .containsExactly(tracer().traceparent(application, TRACEPARENT));
    assertThat(application.downstream.header(0, "tracestate")).containsExactly("a=1,b=2");
    assertThat(application.downstream.header(0, "baggage")).containsExactly("k=v");
  }

  @ParameterizedTest
  @MethodSource("ways")
  final void noSpanIsAdded(Way way) {
    ask(application, way);
    ask(without, way);
    assertThat(tracer().spanCount(application)).isEqualTo(tracer().spanCount(without));
  }

  @ParameterizedTest
  @MethodSource("ways")
  final void twoRequestsDoNotMix(Way way) {
    ask(application, way);
    application.events().clear();
    application.downstream.clear();
    tracer().forget(application);
    String other = "0af7651916cd43dd8448eb211c80319c";
    application.get(way.path, "traceparent: 00-" + other + "-b7ad6b7169203331-01");
    tracer().await(application, 1);
    assertThat(application.events().traceId(way.event)).isEqualTo(other);
    assertThat(application.downstream.header(0, "traceparent").get(0)).startsWith("00-" + other);
    assertThat(application.downstream.header(0, "tracestate")).isEmpty();
    assertThat(application.downstream.header(0, "baggage")).isEmpty();
  }

  private void ask(TestApplication application, Way way) {
    application.get(way.path, "traceparent: " + TRACEPARENT, "tracestate: a=1,b=2", "baggage: k=v");
    tracer().await(application, 1);
  }
}
