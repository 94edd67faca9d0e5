package io.otlpevents.autoconfigure;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventRecord;
import io.otlpevents.EventType;
import io.otlpevents.FlushResult;
import io.otlpevents.PayloadMode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the emitter's place where events are switched off, so that code which emits keeps working.
 */
final class DisabledEventEmitter implements EventEmitter {

  private static final EventBuilder NOTHING = new NoEvent();

  @Override
  public EventBuilder event(String name) {
    return NOTHING;
  }

  @Override
  public EmitResult emit(EventRecord record) {
    return EmitResult.FILTERED;
  }

  @Override
  public EmitResult emit(Object event) {
    return EmitResult.FILTERED;
  }

  @Override
  public FlushResult flush(Duration timeout) {
    return new FlushResult(true, 0);
  }

  /** Keeps nothing, so that all callers can share it. */
  private static final class NoEvent implements EventBuilder {

    @Override
    public EventBuilder severity(Severity severity) {
      return this;
    }

    @Override
    public EventBuilder type(EventType type) {
      return this;
    }

    @Override
    public EventBuilder timestamp(Instant timestamp) {
      return this;
    }

    @Override
    public EventBuilder timestamp(long epochNanos) {
      return this;
    }

    @Override
    public EventBuilder attribute(String key, @Nullable String value) {
      return this;
    }

    @Override
    public EventBuilder attribute(String key, long value) {
      return this;
    }

    @Override
    public EventBuilder attribute(String key, double value) {
      return this;
    }

    @Override
    public EventBuilder attribute(String key, boolean value) {
      return this;
    }

    @Override
    public EventBuilder attribute(String key, @Nullable Object value) {
      return this;
    }

    @Override
    public <T> EventBuilder attribute(AttributeKey<T> key, @Nullable T value) {
      return this;
    }

    @Override
    public EventBuilder attributes(Attributes attributes) {
      return this;
    }

    @Override
    public EventBuilder exception(@Nullable Throwable exception) {
      return this;
    }

    @Override
    public EventBuilder body(@Nullable String body) {
      return this;
    }

    @Override
    public EventBuilder payload(@Nullable Map<String, ?> payload) {
      return this;
    }

    @Override
    public EventBuilder payload(@Nullable String payload) {
      return this;
    }

    @Override
    public EventBuilder payload(@Nullable Object payload) {
      return this;
    }

    @Override
    public EventBuilder payload(@Nullable Object payload, PayloadMode mode) {
      return this;
    }

    @Override
    public EventBuilder payload(byte @Nullable [] payload, @Nullable String contentType) {
      return this;
    }

    @Override
    public EventBuilder observedTimestamp(Instant timestamp) {
      return this;
    }

    @Override
    public EventBuilder context(Context context) {
      return this;
    }

    @Override
    public EmitResult emit() {
      return EmitResult.FILTERED;
    }

    @Override
    public EmitResult tryEmit() {
      return EmitResult.FILTERED;
    }
  }
}
