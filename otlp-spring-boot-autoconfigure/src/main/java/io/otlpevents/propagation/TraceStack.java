package io.otlpevents.propagation;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.propagation.TextMapPropagator;

/**
 * A tracer that the application has, so that this library leaves tracing to it. Safe for any number
 * of threads; asked for each request, so its methods have to be quick.
 */
public interface TraceStack {

  /** What people call it, for the log. */
  String name();

  /**
   * Whether its spans are in OpenTelemetry's {@code Context}. If so, contexts that arrive are put
   * there where the tracer did not do so itself. If not, they are left to the tracer.
   */
  boolean usesOpenTelemetryContext();

  /**
   * The span that is current on this thread.
   *
   * @return invalid if there is none
   */
  SpanContext currentSpan();

  /**
   * What the tracer writes to requests and reads from them. A propagator without fields means that
   * the user has switched propagation off, and that is respected. Where spans are not in
   * OpenTelemetry's context, it writes the span that is current on this thread.
   */
  TextMapPropagator propagator();

  /**
   * Whether the tracer itself writes to each HTTP request, below Spring's clients, as the agent
   * does. Then they are left to it: some clients would put what is in Spring's headers over what it
   * has written.
   */
  default boolean writesBelowHttpClients() {
    return false;
  }

  /**
   * Takes the span that is current on this thread along to another one. Only for tracers that keep
   * spans outside of OpenTelemetry's context.
   *
   * @return what runs the task with the span, and restores its thread afterwards
   */
  default Runnable wrap(Runnable task) {
    return task;
  }
}
