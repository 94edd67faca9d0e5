package io.otlpevents.encode;

import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes any Java value as the content of an OTLP {@code AnyValue}. Called on the caller's thread
 * with the caller's objects, so anything may be thrown from here; whoever calls contains it.
 */
final class ValueWriter {

  /**
   * Deeper values are refused, which also ends cycles. A map takes three levels of protobuf
   * messages, and receivers commonly read no more than 100.
   */
  static final int MAX_DEPTH = 30;

  private ValueWriter() {}

  static void write(WireBuffer out, @Nullable Object value, int depth) {
    if (value == null) {
      return;
    }
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("value nested deeper than " + MAX_DEPTH);
    }
    if (value instanceof String text) {
      out.writeString(Otlp.VALUE_STRING, text);
    } else if (value instanceof Boolean flag) {
      writeBoolean(out, flag);
    } else if (value instanceof Long
        || value instanceof Integer
        || value instanceof Short
        || value instanceof Byte) {
      writeLong(out, ((Number) value).longValue());
    } else if (value instanceof Double || value instanceof Float) {
      writeDouble(out, ((Number) value).doubleValue());
    } else if (value instanceof byte[] bytes) {
      writeBytes(out, bytes);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(out, map, depth);
    } else if (value instanceof Iterable<?> elements && !(value instanceof java.nio.file.Path)) {
      writeIterable(out, elements, depth);
    } else if (value.getClass().isArray()) {
      writeArray(out, value, depth);
    } else if (value instanceof Value<?> any) {
      writeValue(out, any, depth);
    } else if (value instanceof Enum<?> constant) {
      out.writeString(Otlp.VALUE_STRING, constant.name());
    } else {
      // String.valueOf: a toString() may return null.
      out.writeString(Otlp.VALUE_STRING, String.valueOf((Object) value.toString()));
    }
  }

  static void writeBoolean(WireBuffer out, boolean value) {
    out.writeByte(Otlp.VALUE_BOOL);
    out.writeByte(value ? 1 : 0);
  }

  static void writeLong(WireBuffer out, long value) {
    out.writeByte(Otlp.VALUE_INT);
    out.writeVarint(value);
  }

  static void writeDouble(WireBuffer out, double value) {
    out.writeByte(Otlp.VALUE_DOUBLE);
    out.writeFixed64(Double.doubleToRawLongBits(value));
  }

  static void writeBytes(WireBuffer out, byte[] value) {
    out.writeByte(Otlp.VALUE_BYTES);
    out.writeVarint(value.length);
    out.writeBytes(value);
  }

  private static void writeMap(WireBuffer out, Map<?, ?> map, int depth) {
    int list = out.beginMessage(Otlp.VALUE_KEY_VALUES);
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      writeKeyValue(out, Otlp.ELEMENT, String.valueOf(entry.getKey()), entry.getValue(), depth + 1);
    }
    out.endMessage(list);
  }

  private static void writeIterable(WireBuffer out, Iterable<?> elements, int depth) {
    int list = out.beginMessage(Otlp.VALUE_ARRAY);
    for (Object element : elements) {
      writeElement(out, element, depth + 1);
    }
    out.endMessage(list);
  }

  private static void writeArray(WireBuffer out, Object array, int depth) {
    int list = out.beginMessage(Otlp.VALUE_ARRAY);
    int length = java.lang.reflect.Array.getLength(array);
    for (int i = 0; i < length; i++) {
      writeElement(out, java.lang.reflect.Array.get(array, i), depth + 1);
    }
    out.endMessage(list);
  }

  private static void writeValue(WireBuffer out, Value<?> value, int depth) {
    switch (value.getType()) {
      case BYTES -> {
        ByteBuffer buffer = (ByteBuffer) value.getValue();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        writeBytes(out, bytes);
      }
      case ARRAY -> writeIterable(out, (List<?>) value.getValue(), depth);
      case KEY_VALUE_LIST -> {
        int list = out.beginMessage(Otlp.VALUE_KEY_VALUES);
        for (Object element : (List<?>) value.getValue()) {
          KeyValue entry = (KeyValue) element;
          writeKeyValue(out, Otlp.ELEMENT, entry.getKey(), entry.getValue(), depth + 1);
        }
        out.endMessage(list);
      }
      case EMPTY -> {
        // An AnyValue without content.
      }
      default -> write(out, value.getValue(), depth);
    }
  }

  private static void writeElement(WireBuffer out, @Nullable Object element, int depth) {
    int any = out.beginMessage(Otlp.ELEMENT);
    write(out, element, depth);
    out.endMessage(any);
  }

  /** Writes a {@code KeyValue} field; a null value becomes an empty {@code AnyValue}. */
  static void writeKeyValue(
      WireBuffer out, int tag, String key, @Nullable Object value, int depth) {
    int pair = out.beginMessage(tag);
    out.writeString(Otlp.KEY, key);
    int any = out.beginMessage(Otlp.VALUE);
    write(out, value, depth);
    out.endMessage(any);
    out.endMessage(pair);
  }
}
