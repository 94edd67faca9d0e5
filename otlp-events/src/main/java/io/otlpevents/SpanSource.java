package io.otlpevents;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Finds the span that an event belongs to. Called on the emitting thread, possibly several times
 * for one event; has to be quick and safe for any number of threads. If it throws, the event is
 * refused as {@link EmitResult#ENCODING_FAILED}.
 */
@FunctionalInterface
public interface SpanSource {

  /**
   * Finds the span.
   *
   * @param context what the event was given; null if it was given none, so that the span that is
   *     current on this thread is meant
   * @return invalid if there is none; never null
   */
  SpanContext spanContext(@Nullable Context context);
}
