package io.otlpevents.encode;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.otlpevents.SensitiveValue;
import io.otlpevents.Sensitivity;
import io.otlpevents.annotation.EventProperties;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes any Java value apart. Called on the caller's thread with the caller's objects, so anything
 * may be thrown from here; whoever calls contains it.
 */
final class ValueWriter {

  /**
   * Deeper values are refused, which also ends cycles. In a request an attribute's value is on the
   * fifth level and each map adds three; receivers that use protobuf for Java or C++ refuse more
   * than 100, of which some are left for what stands around a request.
   */
  static final int MAX_DEPTH = 30;

  /**
   * Whether a class is none of those that are known here. To ask for one interface after the other,
   * most of them in vain, takes longer than to write a number.
   */
  private static final ClassValue<Boolean> UNKNOWN =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return !(type.isArray()
              || Number.class.isAssignableFrom(type)
              || Map.class.isAssignableFrom(type)
              || Iterable.class.isAssignableFrom(type)
              || CharSequence.class.isAssignableFrom(type)
              || Path.class.isAssignableFrom(type)
              || Value.class.isAssignableFrom(type)
              || Enum.class.isAssignableFrom(type)
              || Attributes.class.isAssignableFrom(type)
              || SensitiveValue.class.isAssignableFrom(type)
              || type.getName().startsWith("java."));
        }
      };

  private ValueWriter() {}

  /** Whether only a codec can take the value apart. */
  static boolean isUnknown(Object value) {
    return UNKNOWN.get(value.getClass());
  }

  /**
   * Writes a value with all that is in it.
   *
   * @param codec takes unknown objects apart; null for their {@code toString()}
   */
  static void write(ValueSink sink, @Nullable Object value, @Nullable PayloadCodec codec)
      throws Exception {
    if (value == null) {
      sink.nothing();
    } else if (value instanceof String text) {
      sink.value(text);
    } else if (value instanceof Boolean flag) {
      sink.value((boolean) flag);
    } else if (value instanceof Number number) {
      writeNumber(sink, number);
    } else if (value instanceof byte[] bytes) {
      sink.value(bytes, 0, bytes.length);
    } else if (codec != null && isUnknown(value)) {
      codec.write(value, sink);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(sink, map, codec);
    } else if (value instanceof Iterable<?> elements && !isKnownOtherwise(value)) {
      writeIterable(sink, elements, codec);
    } else if (value.getClass().isArray()) {
      writeArray(sink, value, codec);
    } else if (value instanceof Value<?> any) {
      writeValue(sink, any, codec);
    } else if (value instanceof Enum<?> constant) {
      sink.value(constant.name());
    } else if (value instanceof Attributes attributes) {
      writeAttributes(sink, attributes, codec);
    } else if (value instanceof Optional<?> optional) {
      write(sink, optional.orElse(null), codec);
    } else if (value instanceof OptionalLong optional) {
      write(sink, optional.isPresent() ? optional.getAsLong() : null, codec);
    } else if (value instanceof OptionalInt optional) {
      write(sink, optional.isPresent() ? optional.getAsInt() : null, codec);
    } else if (value instanceof OptionalDouble optional) {
      write(sink, optional.isPresent() ? optional.getAsDouble() : null, codec);
    } else if (value instanceof SensitiveValue sensitive) {
      writeSensitive(sink, sensitive);
    } else if (codec != null && !isText(value)) {
      codec.write(value, sink);
    } else if (codec == null && !isText(value) && EventProperties.hold(value.getClass())) {
      writeWithoutSensitive(sink, value);
    } else if (isJsonNode(value)) {
      writeJsonNode(sink, value);
    } else {
      writeText(sink, value);
    }
  }

  private static void writeSensitive(ValueSink sink, SensitiveValue value) {
    String text = sink.rules.withheld(value);
    if (text == null && value.reveal() != null) {
      text = RedactionRule.MASK; // its place is taken already
    }
    sink.value(text);
  }

  /** Its {@code toString()} may tell what its properties must not. */
  private static void writeWithoutSensitive(ValueSink sink, Object value) throws Exception {
    PayloadCodec jackson = sink.rules.annotationCodec();
    if (jackson != null) {
      jackson.write(value, sink);
    } else {
      sink.value(RedactionRule.MASK);
    }
  }

  private static boolean isDropped(@Nullable Object value) {
    return value instanceof SensitiveValue sensitive && sensitive.sensitivity() == Sensitivity.DROP;
  }

  /** Whether a payload means nothing unless a codec takes it apart. */
  static boolean needsCodec(Object value) {
    return !(value instanceof Number
        || value instanceof Map
        || value instanceof Iterable && !isKnownOtherwise(value)
        || value.getClass().isArray()
        || value instanceof Value
        || value instanceof Enum
        || value instanceof Attributes
        || isText(value));
  }

  /** A path's elements are paths again; a JSON node's lack their names. */
  private static boolean isKnownOtherwise(Object value) {
    return value instanceof Path || isJsonNode(value);
  }

  private static boolean isJsonNode(Object value) {
    return value.getClass().getName().startsWith("tools.jackson.databind.node.");
  }

  /** Whether the value stands for a text rather than for a structure: an id, a date, an address. */
  private static boolean isText(Object value) {
    return value instanceof CharSequence
        || value instanceof Path
        || value.getClass().getName().startsWith("java.");
  }

  /** Also where other objects are texts, for it is as good as a map. */
  private static void writeJsonNode(ValueSink sink, Object node) throws Exception {
    PayloadCodec jackson = JacksonIfPresent.codec();
    if (jackson != null) {
      jackson.write(node, sink);
    } else {
      writeText(sink, node);
    }
  }

  private static void writeText(ValueSink sink, Object value) {
    String text = value.toString();
    // A toString() may return null.
    sink.value(text == null ? "null" : text);
  }

  private static void writeNumber(ValueSink sink, Number number) {
    if (number instanceof Long
        || number instanceof Integer
        || number instanceof Short
        || number instanceof Byte
        || number instanceof AtomicLong
        || number instanceof AtomicInteger) {
      sink.value(number.longValue());
    } else if (number instanceof Double || number instanceof Float) {
      sink.value(number.doubleValue());
    } else if (number.getClass() == BigDecimal.class || number.getClass() == BigInteger.class) {
      sink.number(number.toString());
    } else {
      writeText(sink, number);
    }
  }

  private static void writeMap(ValueSink sink, Map<?, ?> map, @Nullable PayloadCodec codec)
      throws Exception {
    sink.startObject();
    if (!sink.isIgnoring()) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (!isDropped(entry.getValue()) && sink.name(String.valueOf(entry.getKey()))) {
          write(sink, entry.getValue(), codec);
        }
      }
    }
    sink.endObject();
  }

  private static void writeAttributes(
      ValueSink sink, Attributes attributes, @Nullable PayloadCodec codec) throws Exception {
    sink.startObject();
    for (Map.Entry<?, ?> entry : attributes.asMap().entrySet()) {
      String key = ((io.opentelemetry.api.common.AttributeKey<?>) entry.getKey()).getKey();
      if (sink.name(key)) {
        write(sink, entry.getValue(), codec);
      }
    }
    sink.endObject();
  }

  private static void writeIterable(
      ValueSink sink, Iterable<?> elements, @Nullable PayloadCodec codec) throws Exception {
    sink.startArray();
    if (!sink.isIgnoring()) {
      for (Object element : elements) {
        write(sink, element, codec);
      }
    }
    sink.endArray();
  }

  private static void writeArray(ValueSink sink, Object array, @Nullable PayloadCodec codec)
      throws Exception {
    sink.startArray();
    if (!sink.isIgnoring()) {
      if (array instanceof long[] longs) {
        for (long element : longs) {
          sink.value(element);
        }
      } else if (array instanceof int[] ints) {
        for (int element : ints) {
          sink.value(element);
        }
      } else if (array instanceof double[] doubles) {
        for (double element : doubles) {
          sink.value(element);
        }
      } else {
        for (int i = 0, end = Array.getLength(array); i < end; i++) {
          write(sink, Array.get(array, i), codec);
        }
      }
    }
    sink.endArray();
  }

  private static void writeValue(ValueSink sink, Value<?> value, @Nullable PayloadCodec codec)
      throws Exception {
    switch (value.getType()) {
      case EMPTY -> sink.nothing();
      case BYTES -> {
        ByteBuffer buffer = (ByteBuffer) value.getValue();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        sink.value(bytes, 0, bytes.length);
      }
      case ARRAY -> writeIterable(sink, (List<?>) value.getValue(), codec);
      case KEY_VALUE_LIST -> {
        sink.startObject();
        if (!sink.isIgnoring()) {
          for (Object element : (List<?>) value.getValue()) {
            KeyValue entry = (KeyValue) element;
            if (sink.name(entry.getKey())) {
              writeValue(sink, entry.getValue(), codec);
            }
          }
        }
        sink.endObject();
      }
      default -> write(sink, value.getValue(), codec);
    }
  }
}
