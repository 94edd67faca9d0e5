package io.otlpevents.propagation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a tracer does by itself. */
public interface TracerUnderTest {

  /**
   * Waits until spans have ended: those of requests that were served, and of calls downstream. A
   * server's span may end after the client has the response.
   */
  void await(RunningApplication application, int requests, int calls);

  /** The id of the span that serves a request, given the id that came in. */
  String serverSpanId(RunningApplication application, String parentId);

  /** The header that has to leave, given the one that came in. */
  String traceparent(RunningApplication application, String arrived);

  /** No tracer: everything leaves as it came. */
  TracerUnderTest NONE =
      new TracerUnderTest() {
        @Override
        public void await(RunningApplication application, int requests, int calls) {}

        @Override
        public String serverSpanId(RunningApplication application, String parentId) {
          return parentId;
        }

        @Override
        public String traceparent(RunningApplication application, String arrived) {
          return arrived;
        }
      };

  /** A tracer of OpenTelemetry. */
  TracerUnderTest OPENTELEMETRY = spansOf(RecordedSpan.OPENTELEMETRY);

  /**
   * A tracer whose spans the application records.
   *
   * @param maker whose spans have to be in events and headers
   * @param others who also makes spans
   */
  static TracerUnderTest spansOf(String maker, String... others) {
    List<String> makers = new ArrayList<>(List.of(others));
    makers.add(maker);
    return new TracerUnderTest() {
      @Override
      public void await(RunningApplication application, int requests, int calls) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!ended(application, requests, calls)) {
          assertThat(System.nanoTime())
              .as("spans end; so far %s", application.spans())
              .isLessThan(deadline);
        }
      }

      private boolean ended(RunningApplication application, int requests, int calls) {
        return makers.stream()
            .allMatch(
                each ->
                    spans(application, each, SpanKind.SERVER).size() >= requests
                        && spans(application, each, SpanKind.CLIENT).size() >= calls);
      }

      @Override
      public String serverSpanId(RunningApplication application, String parentId) {
        return only(application, SpanKind.SERVER).spanId();
      }

      @Override
      public String traceparent(RunningApplication application, String arrived) {
        RecordedSpan span = only(application, SpanKind.CLIENT);
        return "00-" + span.traceId() + "-" + span.spanId() + "-01";
      }

      private RecordedSpan only(RunningApplication application, SpanKind kind) {
        List<RecordedSpan> found = spans(application, maker, kind);
        assertThat(found).as("%s among %s", kind, application.spans()).hasSize(1);
        return found.get(0);
      }

      private List<RecordedSpan> spans(RunningApplication application, String by, SpanKind kind) {
        return application.spans().stream()
            .filter(span -> span.kind() == kind && span.maker().equals(by))
            .toList();
      }
    };
  }
}
