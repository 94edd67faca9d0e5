package io.otlpevents.test;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfoBuilder;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event as OpenTelemetry's SDK would have it. */
final class EmittedLogRecordData implements LogRecordData {

  private final EmittedEvent event;

  EmittedLogRecordData(EmittedEvent event) {
    this.event = event;
  }

  @Override
  public Resource getResource() {
    return Resource.create(attributes(event.resource()));
  }

  @Override
  public InstrumentationScopeInfo getInstrumentationScopeInfo() {
    InstrumentationScopeInfoBuilder scope = InstrumentationScopeInfo.builder(event.scope().name());
    if (!event.scope().version().isEmpty()) {
      scope.setVersion(event.scope().version());
    }
    return scope.build();
  }

  @Override
  public long getTimestampEpochNanos() {
    return event.timeNanos();
  }

  @Override
  public long getObservedTimestampEpochNanos() {
    return event.observedNanos();
  }

  @Override
  public SpanContext getSpanContext() {
    return event.traceId().isEmpty()
        ? SpanContext.getInvalid()
        : SpanContext.create(
            event.traceId(),
            event.spanId(),
            TraceFlags.fromByte(event.flags()),
            TraceState.getDefault());
  }

  @Override
  public Severity getSeverity() {
    return event.severity();
  }

  /** Never set by this library. */
  @Override
  public @Nullable String getSeverityText() {
    return null;
  }

  @Override
  @Deprecated
  public io.opentelemetry.sdk.logs.data.Body getBody() {
    Value<?> body = getBodyValue();
    return body == null
        ? io.opentelemetry.sdk.logs.data.Body.empty()
        : io.opentelemetry.sdk.logs.data.Body.string(body.asString());
  }

  @Override
  public @Nullable Value<?> getBodyValue() {
    Object body = event.body();
    return body == null ? null : value(body);
  }

  @Override
  public Attributes getAttributes() {
    return attributes(event.attributes());
  }

  @Override
  public int getTotalAttributeCount() {
    return event.attributes().size() + event.droppedAttributes();
  }

  @Override
  public String getEventName() {
    return event.name();
  }

  @Override
  public String toString() {
    return event.toString();
  }

  private static Attributes attributes(Map<String, @Nullable Object> entries) {
    AttributesBuilder attributes = Attributes.builder();
    entries.forEach((key, value) -> put(attributes, key, value));
    return attributes.build();
  }

  private static void put(AttributesBuilder attributes, String key, @Nullable Object value) {
    if (value instanceof String text) {
      attributes.put(key, text);
    } else if (value instanceof Long number) {
      attributes.put(key, number);
    } else if (value instanceof Double number) {
      attributes.put(key, number);
    } else if (value instanceof Boolean flag) {
      attributes.put(key, flag);
    } else if (value instanceof List<?> list
        && !list.isEmpty()
        && putArray(attributes, key, list)) {
      return;
    } else if (value != null) {
      attributes.put(AttributeKey.valueKey(key), value(value));
    }
  }

  /** Puts a list whose elements are of one simple type; false if they are not. */
  private static boolean putArray(AttributesBuilder attributes, String key, List<?> list) {
    if (list.stream().allMatch(String.class::isInstance)) {
      attributes.put(
          AttributeKey.stringArrayKey(key), list.stream().map(String.class::cast).toList());
    } else if (list.stream().allMatch(Long.class::isInstance)) {
      attributes.put(AttributeKey.longArrayKey(key), list.stream().map(Long.class::cast).toList());
    } else if (list.stream().allMatch(Double.class::isInstance)) {
      attributes.put(
          AttributeKey.doubleArrayKey(key), list.stream().map(Double.class::cast).toList());
    } else if (list.stream().allMatch(Boolean.class::isInstance)) {
      attributes.put(
          AttributeKey.booleanArrayKey(key), list.stream().map(Boolean.class::cast).toList());
    } else {
      return false;
    }
    return true;
  }

  private static Value<?> value(@Nullable Object value) {
    if (value == null) {
      return Value.empty();
    }
    if (value instanceof Long number) {
      return Value.of(number);
    }
    if (value instanceof Double number) {
      return Value.of(number);
    }
    if (value instanceof Boolean flag) {
      return Value.of(flag);
    }
    if (value instanceof byte[] bytes) {
      return Value.of(bytes);
    }
    if (value instanceof List<?> list) {
      return Value.of(list.stream().<Value<?>>map(EmittedLogRecordData::value).toList());
    }
    if (value instanceof Map<?, ?> map) {
      return Value.of(
          map.entrySet().stream()
              .map(entry -> KeyValue.of(String.valueOf(entry.getKey()), value(entry.getValue())))
              .toArray(KeyValue[]::new));
    }
    return Value.of(value.toString());
  }
}
