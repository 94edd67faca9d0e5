package io.otlpevents.propagation.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Hooks;

/**
 * One tracer, or none, and each way through an application: the event has the right ids, one trace
 * leaves, no span is added, and no context remains on a thread.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TraceMatrixContract {

  protected static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  protected static final String PARENT = "00f067aa0ba902b7";
  private static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";

  private static final String TRACE_STATE = "a=1,b=2";
  private static final String BAGGAGE = "k=v";

  private RunningApplication application;
  private RunningApplication without;

  /** The tracer under test, and what it is expected to do. */
  protected abstract TracerUnderTest tracer();

  /** Starts the application with the tracer and these properties. */
  protected abstract RunningApplication start(String... properties);

  /** The paths to ask for, and the name of the event that belongs to the server's span. */
  protected abstract List<Way> ways();

  /** What has to leave of the trace state that came in; all of it unless the tracer drops it. */
  protected List<String> traceState() {
    return List.of(TRACE_STATE);
  }

  /** What has to leave of the baggage that came in; all of it unless the tracer drops it. */
  protected List<String> baggage() {
    return List.of(BAGGAGE);
  }

  /**
   * A way through the application.
   *
   * @param path what is asked for
   * @param event whose span has to be the server's
   */
  public record Way(String path, String event) {

    /** Servlets, at once and later, with each client, and another thread. */
    public static final List<Way> SERVLET =
        List.of(
            new Way("/call?via=rest", "arrived"),
            new Way("/call?via=template", "arrived"),
            new Way("/call?via=web", "arrived"),
            new Way("/callable?via=rest", "arrived"),
            new Way("/deferred?via=rest", "arrived"),
            new Way("/background?via=rest", "in.background"),
            new Way("/background?via=web", "in.background"));

    /** WebFlux where the context is only in Reactor's. */
    public static final List<Way> WEBFLUX =
        List.of(new Way("/call", "arrived"), new Way("/later", "arrived"));

    /** WebFlux where the context is on the thread, too. */
    public static final List<Way> WEBFLUX_WITH_THREADS =
        List.of(
            new Way("/call", "arrived"),
            new Way("/later", "arrived"),
            new Way("/plain", "arrived"));
  }

  @BeforeAll
  final void startApplications() {
    application = start();
    without = start("otlp.propagation.enabled=false");
  }

  protected final RunningApplication application() {
    return application;
  }

  @AfterAll
  final void stopApplications() throws Exception {
    application.close();
    without.close();
    // Reactor's mode is a global one.
    Hooks.disableAutomaticContextPropagation();
  }

  @BeforeEach
  final void forget() {
    application.downstream().clear();
    without.downstream().clear();
    application.forgetEvents();
    application.forgetSpans();
    without.forgetSpans();
  }

  @AfterEach
  final void leavesNothingBehind() {
    application.assertNoContextRemains();
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
    assertThat(application.downstream().count()).isEqualTo(1);
    assertThat(application.downstream().header(0, "traceparent"))
        .containsExactly(tracer().traceparent(application, TRACEPARENT));
    assertThat(application.downstream().header(0, "tracestate")).isEqualTo(traceState());
    assertThat(application.downstream().header(0, "baggage")).isEqualTo(baggage());
  }

  @Test
  final void changesNothingOfWhatATracerSends() {
    Way direct = ways().get(0);
    ask(application, direct);
    without.forgetSpans();
    ask(without, direct);
    assumeThat(without.downstream().header(0, "traceparent"))
        .as("without a tracer nothing leaves")
        .isNotEmpty();
    assertThat(without.downstream().header(0, "traceparent")).hasSize(1);
    assertThat(application.downstream().header(0, "tracestate"))
        .isEqualTo(without.downstream().header(0, "tracestate"));
    // Where Reactor's context is not on the thread, Spring Boot's tracer forgets the baggage.
    if (!without.downstream().header(0, "baggage").isEmpty()) {
      assertThat(application.downstream().header(0, "baggage"))
          .isEqualTo(without.downstream().header(0, "baggage"));
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  final void noSpanIsAdded(Way way) {
    ask(application, way);
    List<RecordedSpan> spans = application.spans();
    without.forgetSpans();
    ask(without, way);
    assertThat(spans).as("without it %s", without.spans()).hasSameSizeAs(without.spans());
  }

  @ParameterizedTest
  @MethodSource("ways")
  final void twoRequestsDoNotMix(Way way) {
    ask(application, way);
    application.forgetEvents();
    application.downstream().clear();
    application.forgetSpans();
    String other = "0af7651916cd43dd8448eb211c80319c";
    application.get(way.path, "traceparent: 00-" + other + "-b7ad6b7169203331-01");
    tracer().await(application, 1, 1);
    assertThat(application.events().traceId(way.event)).isEqualTo(other);
    assertThat(application.downstream().header(0, "traceparent").get(0)).startsWith("00-" + other);
    assertThat(application.downstream().header(0, "tracestate")).isEmpty();
    assertThat(application.downstream().header(0, "baggage")).isEmpty();
  }

  /** Sends a request with a trace, and waits for the spans. */
  protected final void ask(RunningApplication application, Way way) {
    application.get(
        way.path,
        "traceparent: " + TRACEPARENT,
        "tracestate: " + TRACE_STATE,
        "baggage: " + BAGGAGE);
    tracer().await(application, 1, 1);
  }
}
