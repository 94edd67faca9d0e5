package io.otlpevents.propagation;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code traceparent} and {@code tracestate} by the letter of the W3C's Trace
 * Context Level 2.
 *
 * <p>What is invalid is ignored: an invalid {@code traceparent}, or more than one, means that no
 * trace came in; an invalid {@code tracestate} means that the trace came in without one. Reading
 * never throws for the sake of what a sender wrote, and its effort is bounded: two lines of {@code
 * traceparent}, 128 lines or 32 KiB of {@code tracestate}.
 *
 * <p>A header that is there several times is seen only if the getter implements {@link
 * TextMapGetter#getAll}. Getters of HTTP headers have to ignore the case of names.
 *
 * <p>Safe for any number of threads.
 *
 * @see <a href="https://www.w3.org/TR/trace-context-2/">Trace Context Level 2</a>
 */
public final class W3cTraceContextPropagator implements TextMapPropagator {

  static final String TRACEPARENT = "traceparent";
  static final String TRACESTATE = "tracestate";

  private static final W3cTraceContextPropagator INSTANCE = new W3cTraceContextPropagator();
  private static final List<String> FIELDS = List.of(TRACEPARENT, TRACESTATE);

  private W3cTraceContextPropagator() {}

  /** The propagator; it has no state. */
  public static W3cTraceContextPropagator getInstance() {
    return INSTANCE;
  }

  @Override
  public Collection<String> fields() {
    return FIELDS;
  }

  @Override
  public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
    if (context == null || setter == null) {
      return;
    }
    SpanContext span = Span.fromContext(context).getSpanContext();
    if (!span.isValid()) {
      return;
    }
    setter.set(carrier, TRACEPARENT, TraceParent.format(span));
    String state = W3cTraceState.format(span.getTraceState());
    if (!state.isEmpty()) {
      setter.set(carrier, TRACESTATE, state);
    }
  }

  @Override
  public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
    if (context == null) {
      return Context.root();
    }
    if (carrier == null || getter == null) {
      return context;
    }
    String traceparent = HeaderLines.single(carrier, getter, TRACEPARENT);
    if (traceparent == null || !TraceParent.isValid(traceparent)) {
      return context;
    }
    TraceState state =
        W3cTraceState.parse(
            HeaderLines.combined(carrier, getter, TRACESTATE, W3cTraceState.LONGEST));
    return context.with(Span.wrap(TraceParent.parse(traceparent, state)));
  }

  @Override
  public String toString() {
    return "W3cTraceContextPropagator";
  }
}
