package io.otlpevents;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Collections;
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
 * @param payload the payload, see {@link EventBuilder#payload(Object)}; a map is copied, a byte
 *     array is copied when it is set on the builder, any other object is read when the record is
 *     emitted; null for none
 * @param payloadMode how the payload is recorded; null for the engine's mode
 * @param contentType the content type of a payload of bytes; null if unknown, or for any other
 * @param observedTimestamp when the event was observed; null for the moment it is emitted
 * @param context where the span comes from; null for the context that is current when it is emitted
 */
public record EventRecord(
    String name,
    Severity severity,
    @Nullable EventType type,
    @Nullable Instant timestamp,
    Map<String, Object> attributes,
    @Nullable String body,
    @Nullable Object payload,
    @Nullable PayloadMode payloadMode,
    @Nullable String contentType,
    @Nullable Instant observedTimestamp,
    @Nullable Context context) {

  /** Copies the maps, so that later changes to them have no effect. */
  public EventRecord {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(severity, "severity");
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    if (payload instanceof Map<?, ?> map) {
      payload = Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
  }

  /** Starts a record with this name, {@link Severity#INFO} and nothing else. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** Builds an {@link EventRecord}; for one thread. */
  public static final class Builder {

    private final String name;
    private final Map<String, Object> attributes = new LinkedHashMap<>();
    private Severity severity = Severity.INFO;
    private @Nullable EventType type;
    private @Nullable Instant timestamp;
    private @Nullable String body;
    private @Nullable Object payload;
    private @Nullable PayloadMode payloadMode;
    private @Nullable String contentType;
    private @Nullable Instant observedTimestamp;
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

    /** See {@link EventBuilder#observedTimestamp}. */
    public Builder observedTimestamp(Instant timestamp) {
      this.observedTimestamp = timestamp;
      return this;
    }

    /** See {@link EventBuilder#payload(Object)}. */
    public Builder payload(@Nullable Object payload) {
      this.payload = payload;
      this.payloadMode = null;
      this.contentType = null;
      return this;
    }

    /** See {@link EventBuilder#payload(Object, PayloadMode)}. */
    public Builder payload(@Nullable Object payload, PayloadMode mode) {
      this.payload = payload;
      this.payloadMode = mode;
      this.contentType = null;
      return this;
    }

    /** See {@link EventBuilder#payload(byte[], String)}. */
    public Builder payload(byte @Nullable [] payload, @Nullable String contentType) {
      this.payload = payload == null ? null : payload.clone();
      this.payloadMode = null;
      this.contentType = contentType;
      return this;
    }

    /** See {@link EventBuilder#context}. */
    public Builder context(Context context) {
      this.context = context;
      return this;
    }

    /** The finished record; the builder may be used again. */
    public EventRecord build() {
      return new EventRecord(
          name,
          severity,
          type,
          timestamp,
          attributes,
          body,
          payload,
          payloadMode,
          contentType,
          observedTimestamp,
          context);
    }
  }
}
