package io.otlpevents.pipeline;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.otlpevents.DeferredEvent;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventReceipt;
import io.otlpevents.EventType;
import io.otlpevents.PayloadMode;
import io.otlpevents.encode.EventDraft;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects one event in a draft of the pool. Small enough that the compiler usually makes it
 * vanish; it exists so that a builder which is used after its event was emitted cannot reach a
 * draft that belongs to another thread by then.
 */
final class DraftingEventBuilder implements EventBuilder {

  private static final int LONGEST_STACK_TRACE = 16 * 1024;

  private final JournalingEventEmitter emitter;
  private final String name;
  private @Nullable EventDraft draft;
  private int severity = Severity.INFO.getSeverityNumber();

  DraftingEventBuilder(JournalingEventEmitter emitter, EventDraft draft, @Nullable String name) {
    this.emitter = emitter;
    this.draft = draft;
    this.name = name == null ? "" : name;
  }

  @Override
  public EventBuilder severity(Severity value) {
    EventDraft d = draft;
    if (d != null && value != null) {
      severity = value.getSeverityNumber();
      d.severity(severity);
    }
    return this;
  }

  @Override
  public EventBuilder type(EventType type) {
    EventDraft d = draft;
    if (d != null) {
      d.type(type);
    }
    return this;
  }

  @Override
  public EventBuilder timestamp(Instant timestamp) {
    return timestamp == null ? this : timestamp(epochNanos(timestamp));
  }

  private static long epochNanos(Instant instant) {
    try {
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000_000L), instant.getNano());
    } catch (ArithmeticException e) {
      return instant.getEpochSecond() < 0 ? 0 : Long.MAX_VALUE;
    }
  }

  @Override
  public EventBuilder timestamp(long epochNanos) {
    EventDraft d = draft;
    if (d != null) {
      d.timestamp(epochNanos);
    }
    return this;
  }

  @Override
  public EventBuilder observedTimestamp(Instant timestamp) {
    EventDraft d = draft;
    if (d != null && timestamp != null) {
      d.observedTimestamp(epochNanos(timestamp));
    }
    return this;
  }

  @Override
  public EventBuilder attribute(String key, @Nullable String value) {
    EventDraft d = draft;
    if (d != null) {
      d.put(key, value);
    }
    return this;
  }

  @Override
  public EventBuilder attribute(String key, long value) {
    EventDraft d = draft;
    if (d != null) {
      d.put(key, value);
    }
    return this;
  }

  @Override
  public EventBuilder attribute(String key, double value) {
    EventDraft d = draft;
    if (d != null) {
      d.put(key, value);
    }
    return this;
  }

  @Override
  public EventBuilder attribute(String key, boolean value) {
    EventDraft d = draft;
    if (d != null) {
      d.put(key, value);
    }
    return this;
  }

  @Override
  public EventBuilder attribute(String key, @Nullable Object value) {
    EventDraft d = draft;
    if (d != null) {
      d.put(key, value);
    }
    return this;
  }

  @Override
  public <T> EventBuilder attribute(AttributeKey<T> key, @Nullable T value) {
    return key == null ? this : attribute(key.getKey(), (Object) value);
  }

  @Override
  public EventBuilder attributes(Attributes attributes) {
    if (attributes != null) {
      attributes.forEach((key, value) -> attribute(key.getKey(), value));
    }
    return this;
  }

  @Override
  public EventBuilder exception(@Nullable Throwable exception) {
    EventDraft d = draft;
    if (d != null && exception != null) {
      String type = typeOf(exception);
      if (!d.has("error.type")) {
        // One that is set already is more specific.
        d.put("error.type", type);
      }
      d.put("exception.type", type);
      try {
        d.put("exception.message", exception.getMessage());
        d.put("exception.stacktrace", stackTrace(exception));
      } catch (Throwable e) {
        // An exception whose own methods throw: its type is what can be said about it.
        return this;
      }
    }
    return this;
  }

  private static String typeOf(Throwable exception) {
    String canonical = exception.getClass().getCanonicalName();
    return canonical != null ? canonical : exception.getClass().getName();
  }

  private static String stackTrace(Throwable exception) {
    StringWriter text = new StringWriter();
    exception.printStackTrace(new PrintWriter(text));
    StringBuffer buffer = new StringBuffer(text.getBuffer());
    buffer.setLength(Math.min(buffer.length(), LONGEST_STACK_TRACE));
    return buffer.toString();
  }

  @Override
  public EventBuilder sample(double ratio) {
    EventDraft d = draft;
    if (d != null) {
      d.sample(ratio);
    }
    return this;
  }

  @Override
  public EventBuilder body(@Nullable String body) {
    EventDraft d = draft;
    if (d != null) {
      d.body(body);
    }
    return this;
  }

  @Override
  public EventBuilder payload(@Nullable Map<String, ?> payload) {
    return payload((Object) payload);
  }

  @Override
  public EventBuilder payload(@Nullable String payload) {
    return payload((Object) payload);
  }

  @Override
  public EventBuilder payload(@Nullable Object payload) {
    EventDraft d = draft;
    if (d != null) {
      d.payload(payload);
    }
    return this;
  }

  @Override
  public EventBuilder payload(@Nullable Object payload, PayloadMode mode) {
    EventDraft d = draft;
    if (d != null) {
      d.payload(payload, mode);
    }
    return this;
  }

  @Override
  public EventBuilder payload(byte @Nullable [] payload, @Nullable String contentType) {
    EventDraft d = draft;
    if (d != null) {
      d.payload(payload, contentType);
    }
    return this;
  }

  @Override
  public EventBuilder context(Context context) {
    EventDraft d = draft;
    if (d != null) {
      d.context(context);
    }
    return this;
  }

  @Override
  public EmitResult emit() {
    return emit(true);
  }

  @Override
  public DeferredEvent defer() {
    EventDraft d = draft;
    if (d == null) {
      return emitter::emitSpent;
    }
    draft = null;
    return emitter.defer(d, name, severity);
  }

  @Override
  public EventReceipt emitForReceipt() {
    EventDraft d = draft;
    if (d == null) {
      return EventReceipt.notAccepted(emitter.emitSpent());
    }
    draft = null;
    return emitter.emitForReceipt(d, name, severity);
  }

  @Override
  public EmitResult tryEmit() {
    return emit(false);
  }

  private EmitResult emit(boolean mayWait) {
    EventDraft d = draft;
    if (d == null) {
      return emitter.emitSpent();
    }
    draft = null;
    return emitter.emitApart(d, name, severity, mayWait);
  }
}
