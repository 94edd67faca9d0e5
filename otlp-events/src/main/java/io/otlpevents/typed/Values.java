package io.otlpevents.typed;

import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Values as an event builder takes them. */
final class Values {

  private Values() {}

  /** What an optional contains, null for nothing; any other value as it is. */
  static @Nullable Object unwrapped(@Nullable Object value) {
    Object inner = value;
    while (inner instanceof Optional<?> optional) {
      inner = optional.orElse(null);
    }
    if (inner instanceof OptionalInt optional) {
      return optional.isPresent() ? optional.getAsInt() : null;
    }
    if (inner instanceof OptionalLong optional) {
      return optional.isPresent() ? optional.getAsLong() : null;
    }
    if (inner instanceof OptionalDouble optional) {
      return optional.isPresent() ? optional.getAsDouble() : null;
    }
    return inner;
  }

  /** A value without records, dates and enums in it; null for null and what is empty. */
  static @Nullable Object plain(@Nullable Object given, int depth) throws Throwable {
    Object value = unwrapped(given);
    if (value == null || value instanceof String || value instanceof Number) {
      return value;
    }
    if (depth > Shape.MAX_DEPTH) {
      throw new IllegalStateException("nested more than " + Shape.MAX_DEPTH + " levels deep");
    }
    if (value instanceof Record) {
      return Shape.of(value.getClass()).toMap(value, depth + 1);
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    if (value instanceof TemporalAccessor || value instanceof TemporalAmount) {
      return value.toString();
    }
    if (value instanceof Date date) {
      // Those of JDBC that have no time or no date refuse to become an instant, but are ISO texts.
      String type = date.getClass().getName();
      return type.equals("java.sql.Date") || type.equals("java.sql.Time")
          ? date.toString()
          : date.toInstant().toString();
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> plain = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        Object element = plain(entry.getValue(), depth + 1);
        if (element != null) {
          plain.put(String.valueOf(entry.getKey()), element);
        }
      }
      return plain;
    }
    if (value instanceof Object[] array) {
      return elements(Arrays.asList(array), depth);
    }
    if (value instanceof Collection<?> collection) {
      return elements(collection, depth);
    }
    return value;
  }

  private static List<@Nullable Object> elements(Collection<?> values, int depth) throws Throwable {
    List<@Nullable Object> plain = new ArrayList<>();
    for (Object value : values) {
      plain.add(plain(value, depth + 1));
    }
    return plain;
  }
}
