package io.otlpevents.encode;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Adds events to the span that they belong to, as span events. Reads the encoded record, so that a
 * span shows nothing that the record does not: redaction and limits have been applied. Attributes
 * that are text, numbers and booleans are shown, others and the body are not.
 */
public final class SpanMirror {

  private static final int WIRE_TYPE = 7;

  private SpanMirror() {}

  /**
   * Adds the event that the draft was encoded for to its span, if that span is recording. Never
   * throws.
   */
  public static void mirror(EventDraft draft) {
    try {
      Context given = draft.context;
      Span span = Span.fromContext(given != null ? given : Context.current());
      String name = draft.name;
      if (name != null && span.isRecording()) {
        add(span, name, draft.record());
      }
    } catch (Throwable e) {
      // The event itself is safe; a span that cannot take it is no reason to fail anything.
      return;
    }
  }

  private static void add(Span span, String name, ByteBuffer record) {
    record.order(ByteOrder.LITTLE_ENDIAN);
    AttributesBuilder attributes = Attributes.builder();
    long time = 0;
    while (record.hasRemaining()) {
      int tag = (int) varint(record);
      if (tag == Otlp.RECORD_TIME) {
        time = record.getLong();
      } else if (tag == Otlp.RECORD_ATTRIBUTE) {
        addAttribute(message(record), attributes);
      } else {
        skip(record, tag);
      }
    }
    span.addEvent(name, attributes.build(), time, TimeUnit.NANOSECONDS);
  }

  private static void addAttribute(ByteBuffer attribute, AttributesBuilder attributes) {
    String key = "";
    Object value = null;
    while (attribute.hasRemaining()) {
      int tag = (int) varint(attribute);
      if (tag == Otlp.KEY) {
        key = text(message(attribute));
      } else if (tag == Otlp.VALUE) {
        value = value(message(attribute));
      } else {
        skip(attribute, tag);
      }
    }
    if (value instanceof String text) {
      attributes.put(AttributeKey.stringKey(key), text);
    } else if (value instanceof Boolean flag) {
      attributes.put(AttributeKey.booleanKey(key), flag);
    } else if (value instanceof Long number) {
      attributes.put(AttributeKey.longKey(key), number);
    } else if (value instanceof Double number) {
      attributes.put(AttributeKey.doubleKey(key), number);
    }
  }

  /** The value, or null if it is none that a span event can show. */
  private static @Nullable Object value(ByteBuffer value) {
    if (!value.hasRemaining()) {
      return null;
    }
    int tag = (int) varint(value);
    if (tag == Otlp.VALUE_STRING) {
      return text(message(value));
    }
    if (tag == Otlp.VALUE_BOOL) {
      return varint(value) != 0;
    }
    if (tag == Otlp.VALUE_INT) {
      return varint(value);
    }
    return tag == Otlp.VALUE_DOUBLE ? value.getDouble() : null;
  }

  private static ByteBuffer message(ByteBuffer in) {
    int length = (int) varint(in);
    ByteBuffer message = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return message;
  }

  private static String text(ByteBuffer in) {
    return StandardCharsets.UTF_8.decode(in).toString();
  }

  private static void skip(ByteBuffer in, int tag) {
    switch (tag & WIRE_TYPE) {
      case 0 -> varint(in);
      case 1 -> in.position(in.position() + 8);
      case 2 -> message(in);
      default -> in.position(in.position() + 4);
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }
}
