package io.otlpevents.compatibility;

import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.TraceContext;
import io.opentelemetry.api.trace.SpanKind;
import io.otlpevents.propagation.contract.RecordedSpan;
import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.SpanRecorder;
import io.otlpevents.propagation.contract.TestApplication;
import io.otlpevents.propagation.contract.TracerUnderTest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.annotation.Bean;

/** Applications with Spring Boot's tracing by Brave, whose spans are kept. */
class RecordedByBrave {

  static final String BRAVE = "Brave";
  static final TracerUnderTest TRACER = TracerUnderTest.spansOf(BRAVE);
  private static final String ALL = "management.tracing.sampling.probability=1.0";

  static RunningApplication servlet(String... properties) {
    return TestApplication.servlet(
        List.of(RecordedByBrave.class), TestApplication.with(properties, ALL));
  }

  static RunningApplication reactive(String... properties) {
    return TestApplication.reactive(
        List.of(RecordedByBrave.class), TestApplication.with(properties, ALL));
  }

  @Bean
  Recorder recorder() {
    return new Recorder();
  }

  /** Keeps each span. */
  static final class Recorder extends SpanHandler implements SpanRecorder {

    private final List<RecordedSpan> spans = new CopyOnWriteArrayList<>();

    @Override
    public boolean end(TraceContext context, MutableSpan span, Cause cause) {
      spans.add(
          new RecordedSpan(
              BRAVE,
              span.kind() == null ? SpanKind.INTERNAL : SpanKind.valueOf(span.kind().name()),
              String.valueOf(span.name()),
              span.traceId(),
              span.id(),
              List.of()));
      return true;
    }

    @Override
    public List<RecordedSpan> spans() {
      return List.copyOf(spans);
    }

    @Override
    public void forget() {
      spans.clear();
    }
  }
}
