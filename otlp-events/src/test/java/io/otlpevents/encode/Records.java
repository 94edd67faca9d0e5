package io.otlpevents.encode;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Encodes an event and reads it with the official classes. */
final class Records {

  static final String UID = "log.record.uid";
  static final int MAX_SIZE = 256 * 1024;

  private Records() {}

  static EventEncoder encoder(EncoderSettings settings) {
    return new EventEncoder(8, MAX_SIZE, settings, Attributes.empty(), () -> 1_000_000_000L);
  }

  static LogRecord encode(EncoderSettings settings, Consumer<EventDraft> event) {
    EventEncoder encoder = encoder(settings);
    return encode(encoder, encoder.newDraft(), event);
  }

  static LogRecord encode(EventEncoder encoder, EventDraft draft, Consumer<EventDraft> event) {
    draft.begin("test.event");
    event.accept(draft);
    if (!encoder.encode(draft)) {
      throw new AssertionError("too large");
    }
    try {
      LogRecord record = LogRecord.parser().parseFrom(draft.bytes(), 8, draft.length());
      draft.clear();
      return record;
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** The attributes without the record's id, as Java values. */
  static Map<String, Object> attributes(LogRecord record) {
    Map<String, Object> attributes = map(record.getAttributesList());
    attributes.remove(UID);
    return attributes;
  }

  private static Map<String, Object> map(List<KeyValue> pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (KeyValue pair : pairs) {
      if (map.containsKey(pair.getKey())) {
        throw new AssertionError(pair.getKey() + " twice in " + pairs);
      }
      map.put(pair.getKey(), java(pair.getValue()));
    }
    return map;
  }

  static Object java(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case BOOL_VALUE -> value.getBoolValue();
      case INT_VALUE -> value.getIntValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case BYTES_VALUE -> value.getBytesValue();
      case ARRAY_VALUE -> {
        List<Object> list = new ArrayList<>();
        value.getArrayValue().getValuesList().forEach(element -> list.add(java(element)));
        yield list;
      }
      case KVLIST_VALUE -> map(value.getKvlistValue().getValuesList());
      default -> null;
    };
  }
}
