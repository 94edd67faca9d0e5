package io.otlpevents.encode;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the protobuf bytes of an {@code ExportLogsServiceRequest} as OTLP/JSON: field names in
 * lower camel case, trace and span ids in hexadecimal, other bytes in base64, 64-bit integers as
 * decimal text, enums as numbers. Unknown fields are left out. Needs a few KiB whatever the
 * request's size.
 *
 * <p>Of a field that may occur once but occurs again, the first is taken.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">JSON Protobuf
 *     encoding</a>
 */
public final class JsonTranscoder {

  /** Deeper nesting than any encoder of ours writes; a message has up to three levels a value. */
  private static final int DEEPEST = 1000;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
          .getBytes(StandardCharsets.US_ASCII);

  private final byte[] source;
  private final OutputStream out;
  private final byte[] buffer = new byte[8192];
  private int filled;
  private int depth;

  private JsonTranscoder(byte[] source, OutputStream out) {
    this.source = source;
    this.out = out;
  }

  /**
   * Writes the request as JSON in UTF-8. Does not close the stream.
   *
   * @throws MalformedRequestException if the bytes are no such request; part of the text may have
   *     been written
   * @throws IOException whatever the stream throws
   */
  public static void transcode(byte[] request, OutputStream out) throws IOException {
    JsonTranscoder transcoder = new JsonTranscoder(request, out);
    try {
      transcoder.message(Schema.REQUEST, 0, request.length);
    } catch (IndexOutOfBoundsException e) {
      throw new MalformedRequestException("not an ExportLogsServiceRequest");
    }
    out.write(transcoder.buffer, 0, transcoder.filled);
  }

  private void message(Schema schema, int start, int end) throws IOException {
    if (++depth > DEEPEST) {
      throw new MalformedRequestException("nested too deep");
    }
    put('{');
    long seen = 0;
    ProtoFields at = new ProtoFields(source, start, end);
    while (at.next()) {
      Field field = schema.field(at.tag());
      if (field != null && (seen & 1L << field.number) == 0) {
        if (seen != 0) {
          put(',');
        }
        seen |= 1L << field.number;
        put('"');
        ascii(field.name);
        put('"');
        put(':');
        if (field.repeated) {
          array(field, at);
        } else {
          value(field, at);
        }
      }
    }
    put('}');
    depth--;
  }

  /** Writes all of a repeated field, wherever the rest of it is; the cursor stays. */
  private void array(Field field, ProtoFields first) throws IOException {
    put('[');
    value(field, first);
    ProtoFields rest = new ProtoFields(source, first.position(), first.end());
    boolean adjacent = true;
    while (rest.next()) {
      if (rest.tag() == field.tag()) {
        put(',');
        value(field, rest);
        if (adjacent) {
          first.goOnAt(rest.position());
        }
      } else {
        adjacent = false;
      }
    }
    put(']');
  }

  private void value(Field field, ProtoFields at) throws IOException {
    switch (field.kind) {
      case MESSAGE -> message(Schema.of(field.message), at.start(), at.position());
      case STRING -> text(at.start(), at.position());
      case HEX -> hex(at.start(), at.position());
      case BASE64 -> base64(at.start(), at.position());
      case BOOL -> ascii(at.number() != 0 ? "true" : "false");
      case INT32 -> ascii(Integer.toString((int) at.number()));
      case UINT32 -> ascii(Integer.toUnsignedString((int) at.number()));
      case INT64 -> quoted(Long.toString(at.number()));
      case UINT64 -> quoted(Long.toUnsignedString(at.number()));
      case DOUBLE -> {
        double number = Double.longBitsToDouble(at.number());
        if (Double.isFinite(number)) {
          ascii(Double.toString(number));
        } else {
          quoted(Double.toString(number));
        }
      }
    }
  }

  private void quoted(String text) throws IOException {
    put('"');
    ascii(text);
    put('"');
  }

  private void ascii(String text) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  private void hex(int start, int end) throws IOException {
    put('"');
    for (int i = start; i < end; i++) {
      put(HEX[source[i] >> 4 & 0xF]);
      put(HEX[source[i] & 0xF]);
    }
    put('"');
  }

  private void base64(int start, int end) throws IOException {
    put('"');
    for (int i = start; i < end; i += 3) {
      int left = end - i;
      int bits =
          (source[i] & 0xFF) << 16
              | (left > 1 ? (source[i + 1] & 0xFF) << 8 : 0)
              | (left > 2 ? source[i + 2] & 0xFF : 0);
      put(BASE64[bits >> 18]);
      put(BASE64[bits >> 12 & 0x3F]);
      put(left > 1 ? BASE64[bits >> 6 & 0x3F] : '=');
      put(left > 2 ? BASE64[bits & 0x3F] : '=');
    }
    put('"');
  }

  private void text(int start, int end) throws IOException {
    put('"');
    int i = start;
    while (i < end) {
      int b = source[i] & 0xFF;
      if (b < 0x80) {
        character(b);
        i++;
        continue;
      }
      int length = sequence(i, end);
      if (length == 0) {
        put(0xEF);
        put(0xBF);
        put(0xBD);
        i++;
      }
      for (int k = 0; k < length; k++) {
        put(source[i++]);
      }
    }
    put('"');
  }

  private void character(int c) throws IOException {
    if (c == '"' || c == '\\') {
      put('\\');
      put(c);
    } else if (c >= ' ') {
      put(c);
    } else {
      ascii("\\u00");
      put(HEX[c >> 4]);
      put(HEX[c & 0xF]);
    }
  }

  /** The length of the well-formed UTF-8 sequence here; 0 if there is none. */
  private int sequence(int at, int end) {
    int first = source[at] & 0xFF;
    int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || length > end - at) {
      return 0;
    }
    int second = source[at + 1] & 0xFF;
    // Overlong forms, surrogates, and what is above the last code point.
    int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < lowest || second > highest) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((source[at + i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  private void put(int value) throws IOException {
    if (filled == buffer.length) {
      out.write(buffer, 0, filled);
      filled = 0;
    }
    buffer[filled++] = (byte) value;
  }

  /** Thrown when bytes cannot be written as JSON; to try again would not help. */
  public static final class MalformedRequestException extends IOException {

    MalformedRequestException(String message) {
      super(message);
    }
  }

  private enum Kind {
    MESSAGE(2),
    STRING(2),
    HEX(2),
    BASE64(2),
    BOOL(0),
    INT32(0),
    UINT32(0),
    INT64(0),
    UINT64(1),
    DOUBLE(1);

    final int wireType;

    Kind(int wireType) {
      this.wireType = wireType;
    }
  }

  /** A field; {@code message} names the schema of a nested message and is empty otherwise. */
  private record Field(
      int number, String name, Kind kind, boolean repeated, String message, int wireType) {

    static Field of(int number, String name, Kind kind) {
      return new Field(number, name, kind, false, "", kind.wireType);
    }

    static Field fixed32(int number, String name) {
      return new Field(number, name, Kind.UINT32, false, "", 5);
    }

    static Field one(int number, String name, String message) {
      return new Field(number, name, Kind.MESSAGE, false, message, 2);
    }

    static Field many(int number, String name, String message) {
      return new Field(number, name, Kind.MESSAGE, true, message, 2);
    }

    static Field texts(int number, String name) {
      return new Field(number, name, Kind.STRING, true, "", 2);
    }

    int tag() {
      return number << 3 | wireType;
    }
  }

  /** The messages of OTLP logs. */
  private enum Schema {
    REQUEST(Field.many(1, "resourceLogs", "RESOURCE_LOGS")),
    RESOURCE_LOGS(
        Field.one(1, "resource", "RESOURCE"),
        Field.many(2, "scopeLogs", "SCOPE_LOGS"),
        Field.of(3, "schemaUrl", Kind.STRING)),
    RESOURCE(
        Field.many(1, "attributes", "KEY_VALUE"),
        Field.of(2, "droppedAttributesCount", Kind.UINT32),
        Field.many(3, "entityRefs", "ENTITY_REF")),
    ENTITY_REF(
        Field.of(1, "schemaUrl", Kind.STRING),
        Field.of(2, "type", Kind.STRING),
        Field.texts(3, "idKeys"),
        Field.texts(4, "descriptionKeys")),
    SCOPE_LOGS(
        Field.one(1, "scope", "SCOPE"),
        Field.many(2, "logRecords", "LOG_RECORD"),
        Field.of(3, "schemaUrl", Kind.STRING)),
    SCOPE(
        Field.of(1, "name", Kind.STRING),
        Field.of(2, "version", Kind.STRING),
        Field.many(3, "attributes", "KEY_VALUE"),
        Field.of(4, "droppedAttributesCount", Kind.UINT32)),
    LOG_RECORD(
        Field.of(1, "timeUnixNano", Kind.UINT64),
        Field.of(2, "severityNumber", Kind.INT32),
        Field.of(3, "severityText", Kind.STRING),
        Field.one(5, "body", "ANY_VALUE"),
        Field.many(6, "attributes", "KEY_VALUE"),
        Field.of(7, "droppedAttributesCount", Kind.UINT32),
        Field.fixed32(8, "flags"),
        Field.of(9, "traceId", Kind.HEX),
        Field.of(10, "spanId", Kind.HEX),
        Field.of(11, "observedTimeUnixNano", Kind.UINT64),
        Field.of(12, "eventName", Kind.STRING)),
    KEY_VALUE(Field.of(1, "key", Kind.STRING), Field.one(2, "value", "ANY_VALUE")),
    ANY_VALUE(
        Field.of(1, "stringValue", Kind.STRING),
        Field.of(2, "boolValue", Kind.BOOL),
        Field.of(3, "intValue", Kind.INT64),
        Field.of(4, "doubleValue", Kind.DOUBLE),
        Field.one(5, "arrayValue", "ARRAY"),
        Field.one(6, "kvlistValue", "KEY_VALUES"),
        Field.of(7, "bytesValue", Kind.BASE64)),
    ARRAY(Field.many(1, "values", "ANY_VALUE")),
    KEY_VALUES(Field.many(1, "values", "KEY_VALUE"));

    private static final int MOST_FIELDS = 13;

    private final @Nullable Field[] byNumber = new Field[MOST_FIELDS];

    Schema(Field... fields) {
      Arrays.stream(fields).forEach(field -> byNumber[field.number] = field);
    }

    static Schema of(String name) {
      return valueOf(name);
    }

    /** The field of this tag; null if it is unknown. */
    @Nullable Field field(int tag) {
      int number = tag >>> 3;
      Field field = number < MOST_FIELDS ? byNumber[number] : null;
      return field != null && field.tag() == tag ? field : null;
    }
  }
}
