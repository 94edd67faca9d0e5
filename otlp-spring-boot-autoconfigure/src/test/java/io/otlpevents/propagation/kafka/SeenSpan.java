package io.otlpevents.propagation.kafka;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;

/**
 * A span, whoever has made it.
 *
 * @param parentId empty or zeros for none
 * @param links each {@code traceId-spanId}
 */
public record SeenSpan(
    String traceId,
    String spanId,
    String parentId,
    SpanKind kind,
    String name,
    List<String> links) {

  static SeenSpan of(SpanData span) {
    return new SeenSpan(
        span.getTraceId(),
        span.getSpanId(),
        span.getParentSpanId(),
        span.getKind(),
        span.getName(),
        span.getLinks().stream()
            .map(
                link ->
                    link.getSpanContext().getTraceId() + "-" + link.getSpanContext().getSpanId())
            .toList());
  }

  @Override
  public String toString() {
    return "%s %s %s-%s < %s %s".formatted(kind, name, traceId, spanId, parentId, links);
  }
}
