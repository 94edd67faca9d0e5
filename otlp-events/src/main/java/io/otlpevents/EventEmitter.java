package io.otlpevents;

import java.time.Duration;

/**
 * Emits business events as OpenTelemetry log records with an event name.
 *
 * <pre>{@code
 * emitter.event("order.placed")
 *     .attribute("order.id", order.id())
 *     .attribute("order.total", order.total())
 *     .emit();
 * }</pre>
 *
 * <p>Emitting encodes the event on the calling thread and appends it to the journal; delivery
 * happens in the background. Nothing of the caller's is kept, so objects that were passed in may
 * change afterwards. Emitting never throws: what goes wrong is told by the {@link EmitResult} and
 * counted in the ledger. When the journal is full, the overflow policy decides whether the caller
 * waits, and for how long at most.
 *
 * <p>Safe for use by any number of threads, virtual ones included.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/logs/data-model/#events">OpenTelemetry
 *     events</a>
 */
public interface EventEmitter {

  /**
   * Starts an event. The builder belongs to the calling code until {@code emit} is called on it; a
   * builder that is never emitted leaves nothing behind.
   *
   * @param name the event's name: dotted, of low cardinality, never built from data, for example
   *     {@code order.placed}. An empty name is refused at {@code emit} as {@link
   *     EmitResult#INVALID}.
   */
  EventBuilder event(String name);

  /**
   * Emits an event that was built before. The current span is used unless the record names one.
   *
   * @return what became of it; never null
   */
  EmitResult emit(EventRecord record);

  /**
   * Emits an object whose class is annotated with {@code @BusinessEvent}, as that annotation
   * describes; an {@link EventRecord} is emitted as such. The current span is used. Accessors run
   * on this thread, and what they throw does not get out.
   *
   * @return what became of it; {@link EmitResult#INVALID}, and a warning in the log, if the class
   *     is not annotated; {@link EmitResult#ENCODING_FAILED} if an accessor throws. Never null.
   */
  default EmitResult emit(Object event) {
    // For implementations that know nothing of annotated classes, such as those of tests.
    return event instanceof EventRecord record ? emit(record) : EmitResult.INVALID;
  }

  /**
   * Waits until every event emitted before this call has reached its end at every destination, or
   * until the time is up. Events that are emitted meanwhile do not prolong it. An interrupt ends
   * the wait early and stays set.
   *
   * @param timeout the longest wait; zero only asks for delivery and tells the present state
   */
  FlushResult flush(Duration timeout);
}
