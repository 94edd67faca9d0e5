package io.otlpevents;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event under construction. Obtained from {@link EventEmitter#event}, used by one thread, and
 * finished by {@link #emit()} or {@link #tryEmit()}. After that it is spent: what is set on it has
 * no effect and emitting it again is refused as {@link EmitResult#INVALID}.
 *
 * <p>No method throws for the sake of the data it is given. Attributes with a null value are left
 * out; of attributes with the same key the last one set wins.
 */
public interface EventBuilder {

  /** Sets the severity; {@link Severity#INFO} unless set. */
  EventBuilder severity(Severity severity);

  /** Sets the kind of event, recorded as the attribute {@value EventType#ATTRIBUTE}. */
  EventBuilder type(EventType type);

  /**
   * Sets when the event happened; now, unless set. Times up to 1970-01-01T00:00:00Z are recorded as
   * now.
   */
  EventBuilder timestamp(Instant timestamp);

  /** Sets when the event happened, in nanoseconds since 1970-01-01T00:00:00Z. */
  EventBuilder timestamp(long epochNanos);

  /**
   * Sets when the event was observed, where that is not now: for example when it was read from a
   * file that another system wrote. Times before 1970 are ignored.
   */
  EventBuilder observedTimestamp(Instant timestamp);

  /** Sets a text attribute. */
  EventBuilder attribute(String key, @Nullable String value);

  /** Sets an integer attribute. */
  EventBuilder attribute(String key, long value);

  /** Sets a floating-point attribute. */
  EventBuilder attribute(String key, double value);

  /** Sets a boolean attribute. */
  EventBuilder attribute(String key, boolean value);

  /**
   * Sets an attribute of any kind that OpenTelemetry can carry: scalars, enums (by name), byte
   * arrays, arrays and collections, maps with text keys, and OpenTelemetry's {@code Value} and
   * {@code Attributes}. An {@code Optional} is what it contains. Of a {@link SensitiveValue} only
   * what it allows is recorded. Anything else is recorded as its {@code toString()}; if its class
   * has properties annotated as sensitive, it is recorded as a map without them.
   */
  EventBuilder attribute(String key, @Nullable Object value);

  /** Sets a typed attribute. */
  <T> EventBuilder attribute(AttributeKey<T> key, @Nullable T value);

  /** Sets each of the given attributes. */
  EventBuilder attributes(Attributes attributes);

  /**
   * Records a failure as {@code error.type}, {@code exception.type}, {@code exception.message} and
   * {@code exception.stacktrace}.
   *
   * @see <a href="https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/">Semantic
   *     conventions for exceptions in logs</a>
   */
  EventBuilder exception(@Nullable Throwable exception);

  /**
   * Keeps only a share of the events like this one, in addition to the engine's sampling rules and
   * as they do: of a trace's events all or none. What is left out is counted as {@link
   * EmitResult#SAMPLED_OUT}; events of type {@link EventType#SECURITY_AUDIT} are always kept.
   *
   * @param ratio the share to keep, 0 (none) to 1 (all); any other number means all
   */
  default EventBuilder sample(double ratio) {
    return this;
  }

  /** Sets the text that people see for this event. Data belongs in attributes. */
  EventBuilder body(@Nullable String body);

  /**
   * Sets a payload, recorded in the {@link PayloadMode} that the engine was given. An event has
   * one: a later call replaces the payload of an earlier one.
   */
  EventBuilder payload(@Nullable Map<String, ?> payload);

  /**
   * Sets a payload that is text already, such as a JSON document. Recorded as the body as it is,
   * whatever the mode, except that {@link PayloadMode#NESTED_ATTRIBUTE} makes it an attribute.
   * Takes the place of the display text.
   */
  EventBuilder payload(@Nullable String payload);

  /**
   * Sets a payload: a map, a collection, a record or a bean, in the {@link PayloadMode} that the
   * engine was given. Records and beans need Jackson 3 on the class path or a codec of your own;
   * without, the event is refused as {@link EmitResult#ENCODING_FAILED}. Getters run on this thread
   * while the event is emitted.
   */
  EventBuilder payload(@Nullable Object payload);

  /** Sets a payload and how it is recorded; see {@link #payload(Object)}. */
  EventBuilder payload(@Nullable Object payload, PayloadMode mode);

  /**
   * Sets a payload of bytes. Recorded as the body, with the content type as the attribute {@code
   * otlpevents.payload.content_type}. Takes the place of the display text. Redaction looks into it
   * only if the content type is JSON.
   *
   * @param payload the bytes; not changed until the event is emitted
   * @param contentType the media type, for example {@code application/cbor}; null if unknown
   */
  EventBuilder payload(byte @Nullable [] payload, @Nullable String contentType);

  /**
   * Takes the span from this context instead of the current one; {@link Context#root()} for none.
   */
  EventBuilder context(Context context);

  /**
   * Emits the event. Waits only where the overflow policy says so, at most as long as it says.
   *
   * @return what became of it; never null
   */
  EmitResult emit();

  /**
   * Ends building, but leaves emitting to later. Filters, sampling and enrichers run and values are
   * read now, so that later changes to the caller's objects have no effect; the event is counted
   * when it is emitted. This builder is spent afterwards.
   *
   * <p>An emitter that cannot do so keeps the builder, and reads values when the event is emitted.
   */
  default DeferredEvent defer() {
    return this::emit;
  }

  /**
   * Emits the event as {@link #emit} does, and tells afterwards what becomes of it: for the few
   * events that somebody must be sure of. Costs some memory until the event has come to its end; an
   * engine follows 100,000 at once unless it was told otherwise.
   *
   * <p>An emitter that cannot follow events says so in the receipt.
   *
   * @return never null
   */
  default EventReceipt emitForReceipt() {
    return EventReceipt.untold(emit());
  }

  /** Emits the event without ever waiting, whatever the overflow policy is. */
  EmitResult tryEmit();
}
