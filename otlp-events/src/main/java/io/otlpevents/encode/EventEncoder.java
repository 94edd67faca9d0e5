package io.otlpevents.encode;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.otlpevents.EventType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns drafts into the bytes of OTLP {@code LogRecord}s. Safe for any number of threads, each with
 * a draft of its own.
 *
 * <p>Attributes of the event come first; the payload's entries and the default attributes only fill
 * in what the event does not set. Every record carries {@value #RECORD_UID}, by which a receiver
 * can remove a record that was sent twice.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/logs/data-model/">Logs data model</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/general/logs/">Semantic conventions for
 *     logs: log.record.uid</a>
 */
public final class EventEncoder {

  /** The attribute with the record's unique id, a UUID of version 7. */
  public static final String RECORD_UID = "log.record.uid";

  /** How many attributes an event may have unless set otherwise; more are dropped and counted. */
  public static final int DEFAULT_ATTRIBUTE_LIMIT = 128;

  private static final byte[] UID_PREFIX = uidPrefix();
  private static final byte[][] TYPES = types();

  private final int start;
  private final int maxEventSize;
  private final int attributeLimit;
  private final LongSupplier epochNanos;
  private final List<DefaultAttribute> defaults;
  private final TextCache keys = new TextCache(Otlp.KEY);
  private final TextCache names = new TextCache(Otlp.RECORD_EVENT_NAME);

  /**
   * @param start how many bytes to leave free in front of each record
   * @param maxEventSize the largest record, in bytes
   * @param attributeLimit the largest number of attributes an event may set
   * @param defaultAttributes attributes of every event
   * @param epochNanos the wall clock, in nanoseconds since 1970
   */
  public EventEncoder(
      int start,
      int maxEventSize,
      int attributeLimit,
      Attributes defaultAttributes,
      LongSupplier epochNanos) {
    this.start = start;
    this.maxEventSize = maxEventSize;
    this.attributeLimit = attributeLimit;
    this.epochNanos = epochNanos;
    this.defaults = encode(defaultAttributes);
  }

  /** A draft that fits this encoder. */
  public EventDraft newDraft() {
    return new EventDraft(start + maxEventSize, attributeLimit);
  }

  /**
   * Encodes a draft that has a name into its own buffer.
   *
   * @return false if the record would be larger than allowed
   * @throws RuntimeException whatever a value of the caller's throws while it is read
   */
  public boolean encode(EventDraft draft) {
    draft.startEncoding(start);
    try {
      write(draft);
      return true;
    } catch (WireBuffer.LimitExceeded e) {
      return false;
    }
  }

  private void write(EventDraft draft) {
    WireBuffer out = draft.out;
    long now = epochNanos.getAsLong();

    out.ensure(64);
    out.writeByte(Otlp.RECORD_TIME);
    out.writeFixed64(draft.timeNanos > 0 ? draft.timeNanos : now);
    out.writeByte(Otlp.RECORD_OBSERVED_TIME);
    out.writeFixed64(now);
    out.writeByte(Otlp.RECORD_SEVERITY);
    out.writeVarint(draft.severity);
    String name = draft.name;
    if (name != null) {
      out.writeBytes(names.field(name));
    }
    String body = draft.body;
    if (body != null) {
      int message = out.beginMessage(Otlp.RECORD_BODY);
      out.writeString(Otlp.VALUE_STRING, body);
      out.endMessage(message);
    }
    writeSpan(out, draft.context);
    Map<String, ?> payload = draft.payload;
    if (payload != null) {
      flatten(draft, "", payload, 0);
    }
    for (int i = 0, end = draft.count; i < end; i++) {
      writeAttribute(draft, out, i);
    }
    writeUid(draft, out, now);
    EventType type = draft.type;
    boolean typed = type != null && type != EventType.CUSTOM;
    if (typed && !draft.has(EventType.ATTRIBUTE)) {
      out.writeBytes(TYPES[type.ordinal()]);
    }
    for (int i = 0, end = defaults.size(); i < end; i++) {
      DefaultAttribute attribute = defaults.get(i);
      if (!draft.has(attribute.key) && !(typed && attribute.key.equals(EventType.ATTRIBUTE))) {
        out.writeBytes(attribute.field);
      }
    }
    if (draft.dropped > 0) {
      out.writeByte(Otlp.RECORD_DROPPED_ATTRIBUTES);
      out.writeVarint(draft.dropped);
    }
  }

  private static void writeSpan(WireBuffer out, @Nullable Context given) {
    Context context = given != null ? given : Context.current();
    SpanContext span = Span.fromContext(context).getSpanContext();
    if (!span.isValid()) {
      return;
    }
    out.ensure(40);
    out.writeByte(Otlp.RECORD_TRACE_ID);
    writeHex(out, span.getTraceId());
    out.writeByte(Otlp.RECORD_SPAN_ID);
    writeHex(out, span.getSpanId());
    int flags = span.getTraceFlags().asByte() & 0xFF;
    if (flags != 0) {
      out.writeByte(Otlp.RECORD_FLAGS);
      out.writeFixed32(flags);
    }
  }

  /** Valid ids are lower-case hexadecimal, so nothing needs to be checked. */
  private static void writeHex(WireBuffer out, String hex) {
    int length = hex.length() / 2;
    out.writeByte(length);
    byte[] target = out.bytes;
    int at = out.position;
    for (int i = 0; i < length; i++) {
      target[at + i] = (byte) (nibble(hex.charAt(2 * i)) << 4 | nibble(hex.charAt(2 * i + 1)));
    }
    out.position = at + length;
  }

  private static int nibble(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
  }

  private static void flatten(EventDraft draft, String prefix, Map<?, ?> entries, int depth) {
    if (depth > ValueWriter.MAX_DEPTH) {
      throw new IllegalArgumentException("payload nested deeper than " + ValueWriter.MAX_DEPTH);
    }
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      String key = prefix + entry.getKey();
      if (entry.getValue() instanceof Map<?, ?> nested) {
        flatten(draft, key + '.', nested, depth + 1);
      } else {
        draft.putIfAbsent(key, entry.getValue());
      }
    }
  }

  private void writeAttribute(EventDraft draft, WireBuffer out, int index) {
    byte[] key = draft.keyFields[index];
    if (key == null) {
      key = keys.field(draft.keys[index]);
      draft.keyFields[index] = key;
    }
    switch (draft.kinds[index]) {
      case EventDraft.STRING -> writeText(out, key, String.valueOf(draft.values[index]));
      case EventDraft.LONG -> {
        long value = draft.bits[index];
        int at = beginValue(out, key, 1 + WireBuffer.varintSize(value));
        byte[] target = out.bytes;
        target[at++] = (byte) Otlp.VALUE_INT;
        while ((value & ~0x7FL) != 0) {
          target[at++] = (byte) (value | 0x80);
          value >>>= 7;
        }
        target[at++] = (byte) value;
        out.position = at;
      }
      case EventDraft.DOUBLE -> {
        int at = beginValue(out, key, 9);
        out.bytes[at] = (byte) Otlp.VALUE_DOUBLE;
        WireBuffer.LONG.set(out.bytes, at + 1, draft.bits[index]);
        out.position = at + 9;
      }
      case EventDraft.BOOLEAN -> {
        int at = beginValue(out, key, 2);
        out.bytes[at] = (byte) Otlp.VALUE_BOOL;
        out.bytes[at + 1] = (byte) draft.bits[index];
        out.position = at + 2;
      }
      default -> {
        int attribute = out.beginMessage(Otlp.RECORD_ATTRIBUTE);
        out.writeBytes(key);
        int any = out.beginMessage(Otlp.VALUE);
        ValueWriter.write(out, draft.values[index], 0);
        out.endMessage(any);
        out.endMessage(attribute);
      }
    }
  }

  /**
   * Writes everything in front of a value whose size is known, and makes room for it. Lengths below
   * 128, which nearly all are, take one byte.
   *
   * @return where the value goes; the buffer's position is there, too
   */
  private static int beginValue(WireBuffer out, byte[] key, int valueSize) {
    int content = key.length + 1 + WireBuffer.varintSize(valueSize) + valueSize;
    out.ensure(content + 16);
    byte[] target = out.bytes;
    int at = out.position;
    target[at++] = (byte) Otlp.RECORD_ATTRIBUTE;
    if (content < 0x80) {
      target[at++] = (byte) content;
    } else {
      out.position = at;
      out.writeVarint(content);
      at = out.position;
    }
    System.arraycopy(key, 0, target, at, key.length);
    at += key.length;
    target[at++] = (byte) Otlp.VALUE;
    if (valueSize < 0x80) {
      target[at++] = (byte) valueSize;
      out.position = at;
    } else {
      out.position = at;
      out.writeVarint(valueSize);
    }
    return out.position;
  }

  private static void writeText(WireBuffer out, byte[] key, String text) {
    int length = text.length();
    int start = out.position;
    beginText(out, key, length);
    if (!out.copyAscii(text, length)) {
      out.position = start;
      beginText(out, key, WireBuffer.utf8Length(text));
      out.copyUtf8(text);
    }
  }

  private static void beginText(WireBuffer out, byte[] key, int utf8Length) {
    int at = beginValue(out, key, 1 + WireBuffer.varintSize(utf8Length) + utf8Length);
    out.bytes[at] = (byte) Otlp.VALUE_STRING;
    if (utf8Length < 0x80) {
      out.bytes[at + 1] = (byte) utf8Length;
      out.position = at + 2;
    } else {
      out.position = at + 1;
      out.writeVarint(utf8Length);
    }
  }

  private static void writeUid(EventDraft draft, WireBuffer out, long now) {
    if (draft.has(RECORD_UID)) {
      return;
    }
    out.ensure(UID_PREFIX.length + UniqueIds.LENGTH);
    out.writeBytes(UID_PREFIX);
    draft.uniqueIds.write(out.bytes, out.position, now / 1_000_000);
    out.position += UniqueIds.LENGTH;
  }

  private static byte[] uidPrefix() {
    WireBuffer buffer = new WireBuffer(1024);
    byte[] key = new TextCache(Otlp.KEY).field(RECORD_UID);
    beginText(buffer, key, UniqueIds.LENGTH);
    return buffer.copyFrom(0);
  }

  private static byte[][] types() {
    EventType[] types = EventType.values();
    byte[][] fields = new byte[types.length][];
    for (EventType type : types) {
      fields[type.ordinal()] = attribute(Otlp.RECORD_ATTRIBUTE, EventType.ATTRIBUTE, type.value());
    }
    return fields;
  }

  private static List<DefaultAttribute> encode(Attributes attributes) {
    List<DefaultAttribute> encoded = new ArrayList<>();
    attributes.forEach(
        (AttributeKey<?> key, Object value) -> {
          // One id for all events would make them duplicates of one another.
          if (!key.getKey().equals(RECORD_UID)) {
            encoded.add(
                new DefaultAttribute(
                    key.getKey(), attribute(Otlp.RECORD_ATTRIBUTE, key.getKey(), value)));
          }
        });
    return List.copyOf(encoded);
  }

  static byte[] attribute(int tag, String key, Object value) {
    WireBuffer buffer = new WireBuffer(Integer.MAX_VALUE);
    ValueWriter.writeKeyValue(buffer, tag, key, value, 0);
    return buffer.copyFrom(0);
  }

  static byte[] text(int tag, String text) {
    WireBuffer buffer = new WireBuffer(Integer.MAX_VALUE);
    buffer.writeByte(tag);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    buffer.writeVarint(utf8.length);
    buffer.writeBytes(utf8);
    return buffer.copyFrom(0);
  }

  private record DefaultAttribute(String key, byte[] field) {}
}
