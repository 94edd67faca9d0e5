package io.otlpevents.propagation;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.otlpevents.SpanSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds the span an event belongs to: OpenTelemetry's context first, then tracers that keep their
 * spans elsewhere, then the trace that this library made up for the request.
 */
public final class CurrentSpans implements SpanSource {

  private final TraceStacks stacks;

  /** Creates a source that asks these tracers. */
  public CurrentSpans(TraceStacks stacks) {
    this.stacks = stacks;
  }

  @Override
  public SpanContext spanContext(@Nullable Context given) {
    Context context = given != null ? given : Context.current();
    SpanContext span = Span.fromContext(context).getSpanContext();
    if (span.isValid()) {
      return span;
    }
    if (given == null) {
      span = stacks.currentSpan();
      if (span.isValid()) {
        return span;
      }
    }
    return OwnTrace.localTrace(context);
  }
}
