package io.otlpevents.console;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the listing: plain JSON for people and scripts, not OTLP/JSON. Integers that a double
 * cannot hold exactly become strings, because a browser would change them silently.
 */
final class EventJsonWriter {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /** The largest integer of which a double holds it and all smaller ones exactly. */
  private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

  private EventJsonWriter() {}

  /**
   * Writes the events as one array and closes the stream.
   *
   * @throws IOException if the stream fails, as Jackson would only tell in its own exception
   */
  static void writeEvents(List<ReceivedEvent> events, OutputStream out) throws IOException {
    try (JsonGenerator json = MAPPER.createGenerator(out)) {
      json.writeStartArray();
      for (ReceivedEvent event : events) {
        writeEvent(event, json);
      }
      json.writeEndArray();
    } catch (JacksonIOException e) {
      throw new IOException(e.getOriginalMessage(), e);
    }
  }

  static byte[] stats(ReceiverStats stats) {
    return MAPPER.writeValueAsBytes(stats);
  }

  /** A {@code google.rpc.Status} in its JSON form. */
  static byte[] status(int code, String message) {
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("code", code);
    status.put("message", message);
    return MAPPER.writeValueAsBytes(status);
  }

  private static void writeEvent(ReceivedEvent event, JsonGenerator json) {
    LogRecord logRecord = event.logRecord();
    json.writeStartObject();
    json.writeNumberProperty("sequence", event.sequence());
    json.writeStringProperty("receivedAt", event.receivedAt().toString());
    json.writeStringProperty("transport", event.transport().name());
    writeText("eventName", event.eventName(), json);
    writeTime("time", event.time(), logRecord.getTimeUnixNano(), json);
    writeTime("observedTime", event.observedTime(), logRecord.getObservedTimeUnixNano(), json);
    json.writeNumberProperty("severityNumber", logRecord.getSeverityNumberValue());
    writeText("severityText", logRecord.getSeverityText(), json);
    json.writeName("body");
    writeValue(logRecord.getBody(), json);
    writeAttributes("attributes", logRecord.getAttributesList(), json);
    json.writeNumberProperty(
        "droppedAttributesCount", Integer.toUnsignedLong(logRecord.getDroppedAttributesCount()));
    writeText("traceId", event.traceId(), json);
    writeText("spanId", event.spanId(), json);
    json.writeNumberProperty("flags", Integer.toUnsignedLong(logRecord.getFlags()));
    json.writeName("resource");
    json.writeStartObject();
    writeAttributes("attributes", event.resource().getAttributesList(), json);
    json.writeEndObject();
    json.writeName("scope");
    json.writeStartObject();
    writeText("name", event.scope().getName(), json);
    writeText("version", event.scope().getVersion(), json);
    json.writeEndObject();
    json.writeEndObject();
  }

  /** In Protobuf an empty string and a missing one are the same; null says so in JSON. */
  private static void writeText(String name, String value, JsonGenerator json) {
    if (value.isEmpty()) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, value);
    }
  }

  private static void writeTime(
      String name, Optional<Instant> instant, long unixNano, JsonGenerator json) {
    writeText(name, instant.map(Instant::toString).orElse(""), json);
    // As text: nanoseconds need more digits than a double has.
    writeText(name + "UnixNano", unixNano == 0 ? "" : Long.toUnsignedString(unixNano), json);
  }

  private static void writeAttributes(String name, List<KeyValue> attributes, JsonGenerator json) {
    json.writeName(name);
    writeMembers(attributes, json);
  }

  private static void writeMembers(List<KeyValue> attributes, JsonGenerator json) {
    // OTLP forbids repeated keys but cannot prevent them; JSON readers differ on what they mean.
    Map<String, AnyValue> unique = new LinkedHashMap<>();
    for (KeyValue attribute : attributes) {
      unique.putIfAbsent(attribute.getKey(), attribute.getValue());
    }
    json.writeStartObject();
    unique.forEach(
        (key, value) -> {
          json.writeName(key);
          writeValue(value, json);
        });
    json.writeEndObject();
  }

  private static void writeValue(AnyValue value, JsonGenerator json) {
    switch (value.getValueCase()) {
      case STRING_VALUE -> json.writeString(value.getStringValue());
      case BOOL_VALUE -> json.writeBoolean(value.getBoolValue());
      case INT_VALUE -> writeInteger(value.getIntValue(), json);
      case DOUBLE_VALUE -> json.writeNumber(value.getDoubleValue());
      case BYTES_VALUE -> writeBytes(value.getBytesValue(), json);
      case ARRAY_VALUE -> {
        json.writeStartArray();
        for (AnyValue element : value.getArrayValue().getValuesList()) {
          writeValue(element, json);
        }
        json.writeEndArray();
      }
      case KVLIST_VALUE -> writeMembers(value.getKvlistValue().getValuesList(), json);
      // References into a string table exist only in the profiles signal.
      case STRING_VALUE_STRINDEX, VALUE_NOT_SET -> json.writeNull();
    }
  }

  private static void writeInteger(long value, JsonGenerator json) {
    if (value >= -MAX_SAFE_INTEGER && value <= MAX_SAFE_INTEGER) {
      json.writeNumber(value);
    } else {
      json.writeString(Long.toString(value));
    }
  }

  private static void writeBytes(ByteString bytes, JsonGenerator json) {
    json.writeBinary(bytes.toByteArray());
  }
}
