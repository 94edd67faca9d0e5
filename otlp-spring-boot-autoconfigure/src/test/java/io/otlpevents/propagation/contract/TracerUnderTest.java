package io.otlpevents.propagation.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a tracer does by itself. */
public interface TracerUnderTest {

  /** Forgets the spans so far. */
  void forget(TestApplication application);

  /** Waits until the spans of as many requests as were sent since then have ended. */
  void await(TestApplication application, int requests);

  /** How many spans the tracer has made. */
  int spanCount(TestApplication application);

  /** The id of the span that serves a request, given the id that came in. */
  String serverSpanId(TestApplication application, String parentId);

  /** The header that has to leave, given the one that came in. */
  String traceparent(TestApplication application, String arrived);

  /** No tracer: everything leaves as it came. */
  TracerUnderTest NONE =
      new TracerUnderTest() {
        @Override
        public void forget(TestApplication application) {}

        @Override
        public void await(TestApplication application, int requests) {}

        @Override
        public int spanCount(TestApplication application) {
          return 0;
        }

        @Override
        public String serverSpanId(TestApplication application, String parentId) {
          return parentId;
        }

        @Override
        public String traceparent(TestApplication application, String arrived) {
          return arrived;
        }
      };

  /** A tracer of OpenTelemetry with an {@link InMemorySpanExporter} among the beans. */
  TracerUnderTest OPENTELEMETRY =
      new TracerUnderTest() {
        @Override
        public void forget(TestApplication application) {
          application.context().getBean(InMemorySpanExporter.class).reset();
        }

        // A server's span may end after the client has the response.
        @Override
        public void await(TestApplication application, int requests) {
          long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
          while (spans(application).stream()
                  .filter(span -> span.getKind() == SpanKind.SERVER)
                  .count()
              < requests) {
            assertThat(System.nanoTime()).as("the server's spans end").isLessThan(deadline);
          }
        }

        @Override
        public int spanCount(TestApplication application) {
          return spans(application).size();
        }

        @Override
        public String serverSpanId(TestApplication application, String parentId) {
          return only(application, SpanKind.SERVER).getSpanId();
        }

        @Override
        public String traceparent(TestApplication application, String arrived) {
          SpanData span = only(application, SpanKind.CLIENT);
          return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-01";
        }

        private SpanData only(TestApplication application, SpanKind kind) {
          List<SpanData> found =
              spans(application).stream().filter(span -> span.getKind() == kind).toList();
          assertThat(found).hasSize(1);
          return found.get(0);
        }

        private List<SpanData> spans(TestApplication application) {
          application
              .context()
              .getBean(SdkTracerProvider.class)
              .forceFlush()
              .join(20, TimeUnit.SECONDS);
          return application.context().getBean(InMemorySpanExporter.class).getFinishedSpanItems();
        }
      };
}
