package io.otlpevents;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event as a value: built once, then emitted, passed on or kept for later. Prefer {@link
 * EventEmitter#event} where an event is emitted on the spot, which allocates nothing.
 *
 * @param name the event's name, see {@link EventEmitter#event}
 * @param severity the severity
 * @param type the kind of event; null for none
 * @param timestamp when the event happened; null for the moment it is emitted
 * @param attributes the attributes, with values as {@link EventBuilder#attribute(String, Object)}
 *     takes them, in the order they were set
 * @param body the text that people see; null for none
 * @param payload entries that become attributes, see {@link EventBuilder#payload(Map)}
 * @param context where the span comes from; null for the context that is current when it is emitted
 */
public record EventRecord(
    String name,
    Severity severity,
    @Nullable EventType type,
    @Nullable Instant timestamp,
    Map<String, Object> attributes,
    @Nullable String body,
    Map<String, ?> payload,
    @Nullable Context context) {

  /** Copies the maps, so that later changes to them have no effect. */
  public EventRecord {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(severity, "severity");
    attributes = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    payload = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(payload));
  }

  /** Starts a record with this name, {@link Severity#INFO} and nothing else. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** Builds an {@link EventRecord}; for one thread. */
  public static final class Builder {

    private final String name;
    private final Map<String, Object> attributes = new LinkedHashMap<>();
    private final Map<String, Object> payload = new LinkedHashMap<>();
    private Severity severity = Severity.INFO;
    private @Nullable EventType type;
    private @Nullable Instant timestamp;
    private @Nullable String body;
    private @Nullable Context context;

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    /** See {@link EventBuilder#severity}. */
    public Builder severity(Severity severity) {
      this.severity = Objects.requireNonNull(severity, "severity");
      return this;
    }

    /** See {@link EventBuilder#type}. */
    public Builder type(EventType type) {
      this.type = type;
      return this;
    }

    /** See {@link EventBuilder#timestamp(Instant)}. */
    public Builder timestamp(Instant timestamp) {
      this.timestamp = timestamp;
      return this;
    }

    /** See {@link EventBuilder#attribute(String, Object)}; a null value removes the attribute. */
    public Builder attribute(String key, @Nullable Object value) {
      if (value == null) {
        attributes.remove(key);
      } else {
        attributes.put(key, value);
      }
      return this;
    }

    /** See {@link EventBuilder#body}. */
    public Builder body(@Nullable String body) {
      this.body = body;
      return this;
    }

    /** See {@link EventBuilder#payload(Map)}. */
    public Builder payload(Map<String, ?> payload) {
      this.payload.putAll(payload);
      return this;
    }

    /** See {@link EventBuilder#context}. */
    public Builder context(Context context) {
      this.context = context;
      return this;
    }

    /** The finished record; the builder may be used again. */
    public EventRecord build() {
      return new EventRecord(name, severity, type, timestamp, attributes, body, payload, context);
    }
  }
}
