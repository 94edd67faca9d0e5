package io.otlpevents.propagation.contract;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.EventData;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the application's OpenTelemetry SDK has given to an {@link InMemorySpanExporter}. */
record OpenTelemetrySpans(OpenTelemetrySdk sdk, InMemorySpanExporter exporter)
    implements SpanRecorder {

  @Override
  public List<RecordedSpan> spans() {
    sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
    return exporter.getFinishedSpanItems().stream()
        .map(
            span ->
                new RecordedSpan(
                    RecordedSpan.OPENTELEMETRY,
                    span.getKind(),
                    span.getName(),
                    span.getTraceId(),
                    span.getSpanId(),
                    span.getEvents().stream().map(EventData::getName).toList()))
        .toList();
  }

  @Override
  public void forget() {
    spans();
    exporter.reset();
  }
}
