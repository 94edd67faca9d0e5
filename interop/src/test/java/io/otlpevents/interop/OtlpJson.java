package io.otlpevents.interop;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads logs in OTLP/JSON into the official protobuf classes. Strict: a field that is not known
 * here, or comes twice, is an error, so that nothing the Collector has written is overlooked.
 *
 * <p>Not protobuf's own JSON reader, because OTLP writes trace and span ids in hexadecimal.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">OTLP, JSON
 *     Protobuf Encoding</a>
 */
final class OtlpJson {

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private OtlpJson() {}

  /**
   * The records of an {@code ExportLogsServiceRequest}.
   *
   * @throws tools.jackson.core.exc.StreamReadException if the text is not JSON or ends early
   * @throws IllegalArgumentException if it is JSON, but not of OTLP logs
   */
  static List<ReceivedEvent> read(String json) {
    List<ReceivedEvent> events = new ArrayList<>();
    Fields request = new Fields(parse(json));
    request.each("resourceLogs", logs -> readResourceLogs(logs, events));
    request.end();
    return events;
  }

  private static void readResourceLogs(Fields logs, List<ReceivedEvent> events) {
    Resource.Builder resource = Resource.newBuilder();
    logs.message(
        "resource",
        fields ->
            fields.each("attributes", attribute -> resource.addAttributes(keyValue(attribute))));
    String schemaUrl = logs.text("schemaUrl");
    logs.each("scopeLogs", scope -> readScopeLogs(scope, resource.build(), schemaUrl, events));
    logs.end();
  }

  private static void readScopeLogs(
      Fields logs, Resource resource, String resourceSchemaUrl, List<ReceivedEvent> events) {
    InstrumentationScope.Builder scope = InstrumentationScope.newBuilder();
    logs.message(
        "scope",
        fields -> {
          scope.setName(fields.text("name")).setVersion(fields.text("version"));
          fields.each("attributes", attribute -> scope.addAttributes(keyValue(attribute)));
        });
    String schemaUrl = logs.text("schemaUrl");
    logs.each(
        "logRecords",
        record ->
            events.add(
                new ReceivedEvent(
                    resource, resourceSchemaUrl, scope.build(), schemaUrl, record(record))));
    logs.end();
  }

  private static LogRecord record(Fields fields) {
    LogRecord.Builder record =
        LogRecord.newBuilder()
            .setTimeUnixNano(fields.unsigned("timeUnixNano"))
            .setObservedTimeUnixNano(fields.unsigned("observedTimeUnixNano"))
            .setSeverityNumberValue((int) fields.unsigned("severityNumber"))
            .setSeverityText(fields.text("severityText"))
            .setEventName(fields.text("eventName"))
            .setTraceId(hex(fields.text("traceId")))
            .setSpanId(hex(fields.text("spanId")))
            .setFlags((int) fields.unsigned("flags"))
            .setDroppedAttributesCount((int) fields.unsigned("droppedAttributesCount"));
    // The Collector writes an empty body where there was none.
    fields.message(
        "body",
        body -> {
          if (!body.isEmpty()) {
            record.setBody(anyValue(body));
          }
        });
    fields.each("attributes", attribute -> record.addAttributes(keyValue(attribute)));
    fields.end();
    return record.build();
  }

  private static KeyValue keyValue(Fields fields) {
    KeyValue.Builder pair = KeyValue.newBuilder().setKey(fields.text("key"));
    fields.message("value", value -> pair.setValue(anyValue(value)));
    fields.end();
    return pair.build();
  }

  private static AnyValue anyValue(Fields fields) {
    AnyValue.Builder any = AnyValue.newBuilder();
    if (fields.isEmpty()) {
      return any.build();
    }
    String kind = fields.onlyName();
    switch (kind) {
      case "stringValue" -> any.setStringValue(fields.text(kind));
      case "boolValue" -> any.setBoolValue((boolean) fields.take(kind));
      case "intValue" -> any.setIntValue(Long.parseLong(fields.number(kind)));
      case "doubleValue" -> any.setDoubleValue(Double.parseDouble(fields.number(kind)));
      case "bytesValue" ->
          any.setBytesValue(ByteString.copyFrom(Base64.getDecoder().decode(fields.text(kind))));
      case "arrayValue" ->
          fields.message(
              kind,
              array -> {
                ArrayValue.Builder values = any.getArrayValueBuilder();
                array.each("values", value -> values.addValues(anyValue(value)));
              });
      case "kvlistValue" ->
          fields.message(
              kind,
              list -> {
                KeyValueList.Builder values = any.getKvlistValueBuilder();
                list.each("values", value -> values.addValues(keyValue(value)));
              });
      default -> throw new IllegalArgumentException("unknown kind of value " + kind);
    }
    fields.end();
    return any.build();
  }

  private static ByteString hex(String text) {
    return ByteString.copyFrom(HexFormat.of().parseHex(text));
  }

  /** Maps, lists, strings, booleans, and numbers as they were written. */
  private static Object parse(String json) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      Object value = value(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("more than one value");
      }
      return value;
    }
  }

  private static Object value(JsonParser parser) {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, value(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser));
        }
        yield array;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getString());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw new IllegalArgumentException("unexpected " + token);
    };
  }

  /** As text, for a parsed zero has lost its sign. */
  private record JsonNumber(String text) {}

  /** The fields of a message; each is taken once, and none may be left. */
  private static final class Fields {

    private final Map<String, Object> fields = new LinkedHashMap<>();

    Fields(Object object) {
      if (!(object instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("not a message: " + object);
      }
      map.forEach((name, value) -> fields.put((String) name, value));
    }

    boolean isEmpty() {
      return fields.isEmpty();
    }

    String onlyName() {
      if (fields.size() != 1) {
        throw new IllegalArgumentException("not one field but " + fields.keySet());
      }
      return fields.keySet().iterator().next();
    }

    @Nullable Object take(String name) {
      return fields.remove(name);
    }

    String text(String name) {
      Object value = take(name);
      return value == null ? "" : (String) value;
    }

    /** The digits of a number, which may be given as a text. */
    String number(String name) {
      Object value = take(name);
      return value instanceof JsonNumber number ? number.text : (String) value;
    }

    long unsigned(String name) {
      return fields.containsKey(name) ? Long.parseUnsignedLong(number(name)) : 0;
    }

    void message(String name, Consumer<Fields> reader) {
      Object value = take(name);
      if (value != null) {
        Fields message = new Fields(value);
        reader.accept(message);
        message.end();
      }
    }

    void each(String name, Consumer<Fields> reader) {
      Object value = take(name);
      if (value != null) {
        for (Object element : (List<?>) value) {
          reader.accept(new Fields(element));
        }
      }
    }

    void end() {
      if (!fields.isEmpty()) {
        throw new IllegalArgumentException("unknown fields " + fields);
      }
    }
  }
}
