package io.otlpevents;

import io.opentelemetry.api.common.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * Where an {@link EventEnricher} puts attributes. For the calling thread, and only until the
 * enricher returns; later use throws {@link IllegalStateException}.
 *
 * <p>An attribute that the event has already stays as it is. Null values and empty keys are
 * ignored. Enriched attributes count towards the limit on an event's attributes.
 */
public interface AttributeSink {

  /** Adds a text attribute unless the event has one with this key. */
  AttributeSink put(String key, @Nullable String value);

  /** Adds an integer attribute unless the event has one with this key. */
  AttributeSink put(String key, long value);

  /** Adds a floating-point attribute unless the event has one with this key. */
  AttributeSink put(String key, double value);

  /** Adds a boolean attribute unless the event has one with this key. */
  AttributeSink put(String key, boolean value);

  /**
   * Adds an attribute of any kind that {@link EventBuilder#attribute(String, Object)} takes, unless
   * the event has one with this key.
   */
  AttributeSink put(String key, @Nullable Object value);

  /** Adds a typed attribute unless the event has one with its key. */
  <T> AttributeSink put(AttributeKey<T> key, @Nullable T value);
}
