package io.otlpevents.test;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a receiver would read. */
final class RequestDecoder {

  private RequestDecoder() {}

  static List<EmittedEvent> decode(byte[] request) throws InvalidProtocolBufferException {
    List<EmittedEvent> events = new ArrayList<>();
    for (ResourceLogs logs : ExportLogsServiceRequest.parseFrom(request).getResourceLogsList()) {
      Map<String, @Nullable Object> resource = map(logs.getResource().getAttributesList());
      for (ScopeLogs scoped : logs.getScopeLogsList()) {
        EmittedEvent.Scope scope =
            new EmittedEvent.Scope(scoped.getScope().getName(), scoped.getScope().getVersion());
        for (LogRecord event : scoped.getLogRecordsList()) {
          events.add(event(resource, scope, event));
        }
      }
    }
    return events;
  }

  private static EmittedEvent event(
      Map<String, @Nullable Object> resource, EmittedEvent.Scope scope, LogRecord event) {
    Map<String, @Nullable Object> attributes = new LinkedHashMap<>(map(event.getAttributesList()));
    Object marker = attributes.remove(TestMarker.ATTRIBUTE);
    return new EmittedEvent(
        event.getEventName(),
        event.getSeverityNumberValue(),
        Collections.unmodifiableMap(attributes),
        event.hasBody() ? value(event.getBody()) : null,
        event.getTimeUnixNano(),
        event.getObservedTimeUnixNano(),
        hex(event.getTraceId()),
        hex(event.getSpanId()),
        (byte) event.getFlags(),
        event.getDroppedAttributesCount(),
        resource,
        scope,
        (String) marker);
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }

  private static Map<String, @Nullable Object> map(List<KeyValue> entries) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (KeyValue entry : entries) {
      map.put(entry.getKey(), value(entry.getValue()));
    }
    return Collections.unmodifiableMap(map);
  }

  private static @Nullable Object value(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case INT_VALUE -> value.getIntValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case BYTES_VALUE -> value.getBytesValue().toByteArray();
      case ARRAY_VALUE -> {
        List<@Nullable Object> elements = new ArrayList<>();
        for (AnyValue element : value.getArrayValue().getValuesList()) {
          elements.add(value(element));
        }
        yield Collections.unmodifiableList(elements);
      }
      case KVLIST_VALUE -> map(value.getKvlistValue().getValuesList());
      default -> null;
    };
  }
}
