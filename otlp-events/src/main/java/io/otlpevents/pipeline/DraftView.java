package io.otlpevents.pipeline;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.SpanContext;
import io.otlpevents.AttributeSink;
import io.otlpevents.EventType;
import io.otlpevents.EventView;
import io.otlpevents.encode.EventDraft;
import org.jspecify.annotations.Nullable;

/**
 * Shows a draft to one filter or enricher, until it expires: drafts are used again, so a view that
 * is kept must not reach the next event.
 */
final class DraftView implements EventView, AttributeSink {

  private static final Severity[] SEVERITIES = Severity.values();

  private @Nullable EventDraft draft;

  DraftView(EventDraft draft) {
    this.draft = draft;
  }

  void expire() {
    draft = null;
  }

  private EventDraft draft() {
    EventDraft d = draft;
    if (d == null) {
      throw new IllegalStateException("an event's view was used after its filter or enricher");
    }
    return d;
  }

  @Override
  public String name() {
    String name = draft().name();
    return name == null ? "" : name;
  }

  @Override
  public Severity severity() {
    return SEVERITIES[severityNumber()];
  }

  @Override
  public int severityNumber() {
    return draft().severity();
  }

  @Override
  public @Nullable EventType type() {
    return draft().type();
  }

  @Override
  public @Nullable Object attribute(String key) {
    return draft().get(key);
  }

  @Override
  public SpanContext spanContext() {
    return draft().spanContext();
  }

  @Override
  public AttributeSink put(String key, @Nullable String value) {
    EventDraft d = draft();
    if (value != null && isFree(d, key)) {
      d.put(key, value);
    }
    return this;
  }

  @Override
  public AttributeSink put(String key, long value) {
    EventDraft d = draft();
    if (isFree(d, key)) {
      d.put(key, value);
    }
    return this;
  }

  @Override
  public AttributeSink put(String key, double value) {
    EventDraft d = draft();
    if (isFree(d, key)) {
      d.put(key, value);
    }
    return this;
  }

  @Override
  public AttributeSink put(String key, boolean value) {
    EventDraft d = draft();
    if (isFree(d, key)) {
      d.put(key, value);
    }
    return this;
  }

  @Override
  public AttributeSink put(String key, @Nullable Object value) {
    EventDraft d = draft();
    if (value != null && isFree(d, key)) {
      d.put(key, value);
    }
    return this;
  }

  @Override
  public <T> AttributeSink put(AttributeKey<T> key, @Nullable T value) {
    return key == null ? this : put(key.getKey(), (Object) value);
  }

  private static boolean isFree(EventDraft draft, String key) {
    if (key == null || key.isEmpty() || draft.has(key)) {
      return false;
    }
    // The type is an attribute too, though the draft keeps it apart.
    EventType type = draft.type();
    return type == null || type == EventType.CUSTOM || !key.equals(EventType.ATTRIBUTE);
  }
}
