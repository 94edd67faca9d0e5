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
 * @param writesBelowHttpClients whether it is the agent
 */
record OpenTelemetryStack(String name, TextMapPropagator propagator, boolean writesBelowHttpClients)
    implements TraceStack {

  /** A tracer that writes to requests where Spring's clients are told to. */
  OpenTelemetryStack(String name, TextMapPropagator propagator) {
    this(name, propagator, false);
  }

  @Override
  public boolean usesOpenTelemetryContext() {
    return true;
  }

  @Override
  public SpanContext currentSpan() {
    return Span.current().getSpanContext();
  }
}
