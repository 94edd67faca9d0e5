package io.otlpevents.compatibility;

import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.TraceContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.otlpevents.propagation.contract.RecordedSpan;
import io.otlpevents.propagation.contract.SpanRecorder;
import io.otlpevents.propagation.contract.TestApplication;
import io.otlpevents.propagation.contract.TracerUnderTest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.annotation.Bean;

/** Applications with OpenTelemetry's starter and with Brave, whose spans are kept. */
class RecordedByBoth {

  static final String BRAVE = "Brave";
  static final TracerUnderTest TRACER = TracerUnderTest.spansOf(RecordedSpan.OPENTELEMETRY, BRAVE);
  private static final String[] PROPERTIES = {
    "otel.traces.exporter=none",
    "otel.logs.exporter=none",
    "otel.metrics.exporter=none",
    "management.tracing.sampling.probability=1.0"
  };

  static TestApplication servlet(String... properties) {
    return TestApplication.servlet(
        List.of(RecordedByBoth.class), TestApplication.with(properties, PROPERTIES));
  }

  static TestApplication reactive(String... properties) {
    return TestApplication.reactive(
        List.of(RecordedByBoth.class), TestApplication.with(properties, PROPERTIES));
  }

  @Bean
  AutoConfigurationCustomizerProvider recording(InMemorySpanExporter spans) {
    return customizer ->
        customizer.addTracerProviderCustomizer(
            (provider, config) -> provider.addSpanProcessor(SimpleSpanProcessor.create(spans)));
  }

  @Bean
  Recorder recorder() {
    return new Recorder();
  }

  /** Keeps each span of Brave. */
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
