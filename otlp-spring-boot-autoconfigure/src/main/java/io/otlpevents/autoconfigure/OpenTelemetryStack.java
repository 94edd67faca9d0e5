package io.otlpevents.autoconfigure;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.otlpevents.propagation.TraceStack;

/**
 * A tracer whose spans are in OpenTelemetry's context.
 *
 * @param name for the log
 * @param propagator the tracer's
 */
record OpenTelemetryStack(String name, TextMapPropagator propagator) implements TraceStack {

  @Override
  public boolean usesOpenTelemetryContext() {
    return true;
  }

  @Override
  public SpanContext currentSpan() {
    return Span.current().getSpanContext();
  }
}
