package io.otlpevents.aop;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Keeps what was emitted. */
class RecordingEmitter implements EventEmitter {

  final List<Recorded> events = new CopyOnWriteArrayList<>();

  volatile @Nullable Error failure;

  Recorded single() {
    if (events.size() != 1) {
      throw new AssertionError("Expected one event, but was " + events);
    }
    return events.get(0);
  }

  @Override
  public EventBuilder event(String name) {
    return new Recorded(this, name);
  }

  @Override
  public EmitResult emit(EventRecord record) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FlushResult flush(Duration timeout) {
    return new FlushResult(true, 0);
  }

  /** One event. */
  static final class Recorded implements EventBuilder {

    final String name;
    final Map<String, Object> attributes = new LinkedHashMap<>();
    Severity severity = Severity.INFO;
    @Nullable EventType type;
    @Nullable Throwable exception;
    @Nullable Context context;
    @Nullable Object payload;
    @Nullable PayloadMode payloadMode;
    long epochNanos;
    double sample = 1;

    private final RecordingEmitter emitter;

    private Recorded(RecordingEmitter emitter, String name) {
      this.emitter = emitter;
      this.name = name;
    }

    @Override
    public String toString() {
      return name + attributes;
    }

    @Override
    public EventBuilder severity(Severity severity) {
      this.severity = severity;
      return this;
    }

    @Override
    public EventBuilder type(EventType type) {
      this.type = type;
      return this;
    }

    @Override
    public EventBuilder timestamp(Instant timestamp) {
      return this;
    }

    @Override
    public EventBuilder timestamp(long epochNanos) {
      this.epochNanos = epochNanos;
      return this;
    }

    @Override
    public EventBuilder attribute(String key, @Nullable String value) {
      return attribute(key, (Object) value);
    }

    @Override
    public EventBuilder attribute(String key, long value) {
      return attribute(key, (Object) value);
    }

    @Override
    public EventBuilder attribute(String key, double value) {
      return attribute(key, (Object) value);
    }

    @Override
    public EventBuilder attribute(String key, boolean value) {
      return attribute(key, (Object) value);
    }

    @Override
    public EventBuilder attribute(String key, @Nullable Object value) {
      if (value != null) {
        attributes.put(key, value);
      }
      return this;
    }

    @Override
    public <T> EventBuilder attribute(AttributeKey<T> key, @Nullable T value) {
      return attribute(key.getKey(), (Object) value);
    }

    @Override
    public EventBuilder attributes(Attributes attributes) {
      attributes.forEach((key, value) -> attribute(key.getKey(), value));
      return this;
    }

    @Override
    public EventBuilder exception(@Nullable Throwable exception) {
      this.exception = exception;
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
      this.payload = payload;
      return this;
    }

    @Override
    public EventBuilder payload(@Nullable Object payload, PayloadMode mode) {
      this.payload = payload;
      this.payloadMode = mode;
      return this;
    }

    @Override
    public EventBuilder sample(double ratio) {
      this.sample = ratio;
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
      this.context = context;
      return this;
    }

    @Override
    public EmitResult emit() {
      if (emitter.failure != null) {
        throw emitter.failure;
      }
      emitter.events.add(this);
      return EmitResult.ACCEPTED;
    }

    @Override
    public EmitResult tryEmit() {
      return emit();
    }
  }
}
