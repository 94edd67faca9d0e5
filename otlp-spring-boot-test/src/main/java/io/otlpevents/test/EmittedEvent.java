package io.otlpevents.test;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event, decoded from the OTLP bytes that would have been sent. Immutable.
 *
 * <p>Values are {@code String}, {@code Long}, {@code Double}, {@code Boolean}, {@code byte[]}, and
 * {@code List} and {@code Map} of these.
 */
public final class EmittedEvent {

  private static final Severity[] SEVERITIES = Severity.values();

  private final String name;
  private final int severity;
  private final Map<String, @Nullable Object> attributes;
  private final @Nullable Object body;
  private final long timeNanos;
  private final long observedNanos;
  private final String traceId;
  private final String spanId;
  private final byte flags;
  private final int droppedAttributes;
  private final Map<String, @Nullable Object> resource;
  private final Scope scope;
  private final @Nullable String marker;

  EmittedEvent(
      String name,
      int severity,
      Map<String, @Nullable Object> attributes,
      @Nullable Object body,
      long timeNanos,
      long observedNanos,
      String traceId,
      String spanId,
      byte flags,
      int droppedAttributes,
      Map<String, @Nullable Object> resource,
      Scope scope,
      @Nullable String marker) {
    this.name = name;
    this.severity = severity;
    this.attributes = attributes;
    this.body = body;
    this.timeNanos = timeNanos;
    this.observedNanos = observedNanos;
    this.traceId = traceId;
    this.spanId = spanId;
    this.flags = flags;
    this.droppedAttributes = droppedAttributes;
    this.resource = resource;
    this.scope = scope;
    this.marker = marker;
  }

  /** The event's name. */
  public String name() {
    return name;
  }

  /** The severity. */
  public Severity severity() {
    return severity > 0 && severity < SEVERITIES.length
        ? SEVERITIES[severity]
        : Severity.UNDEFINED_SEVERITY_NUMBER;
  }

  /** The attributes in the order they are sent, among them {@code log.record.uid}. */
  public Map<String, @Nullable Object> attributes() {
    return attributes;
  }

  /** The value of an attribute; null if there is none. */
  public @Nullable Object attribute(String key) {
    return attributes.get(key);
  }

  /** The body; null for none. */
  public @Nullable Object body() {
    return body;
  }

  /**
   * The payload, if it was recorded as the body, be it structured or JSON text, or as the attribute
   * {@code otlpevents.payload}. Null for none; also if its entries are attributes, among which it
   * cannot be told apart.
   */
  public @Nullable Object payload() {
    Object candidate = attributes.getOrDefault("otlpevents.payload", body);
    return candidate instanceof String text && Json.looksLikeJson(text)
        ? Json.parse(text)
        : candidate;
  }

  /** When it happened. */
  public Instant timestamp() {
    return Instant.ofEpochSecond(0, timeNanos);
  }

  /** When it was observed. */
  public Instant observedTimestamp() {
    return Instant.ofEpochSecond(0, observedNanos);
  }

  /** The trace id as 32 hexadecimal digits; empty for none. */
  public String traceId() {
    return traceId;
  }

  /** The span id as 16 hexadecimal digits; empty for none. */
  public String spanId() {
    return spanId;
  }

  /** The attributes of what emitted it, such as {@code service.name}. */
  public Map<String, @Nullable Object> resource() {
    return resource;
  }

  /** The same event for assertions of OpenTelemetry. */
  public LogRecordData asLogRecordData() {
    return new EmittedLogRecordData(this);
  }

  long timeNanos() {
    return timeNanos;
  }

  long observedNanos() {
    return observedNanos;
  }

  byte flags() {
    return flags;
  }

  int droppedAttributes() {
    return droppedAttributes;
  }

  Scope scope() {
    return scope;
  }

  /** The test in whose context it was emitted; null if that is not known. */
  @Nullable String marker() {
    return marker;
  }

  /** Name, severity, trace, attributes and body, as failed assertions show them. */
  @Override
  public String toString() {
    return Descriptions.of(this);
  }

  /** The instrumentation scope. */
  record Scope(String name, String version) {}
}
