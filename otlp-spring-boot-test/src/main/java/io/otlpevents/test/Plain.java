package io.otlpevents.test;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Expected values in the form in which they arrive. */
final class Plain {

  private Plain() {}

  /** The value that arrives if this one is emitted. */
  static @Nullable Object of(@Nullable Object value) {
    if (value == null || value instanceof byte[]) {
      return value;
    }
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    }
    if (value instanceof Long || value instanceof Double || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Float number) {
      return number.doubleValue();
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    if (value instanceof Optional<?> optional) {
      return of(optional.orElse(null));
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> plain = new LinkedHashMap<>();
      map.forEach((key, entry) -> plain.put(String.valueOf(key), of(entry)));
      return plain;
    }
    if (value instanceof List<?> || value instanceof java.util.Set<?>) {
      List<@Nullable Object> plain = new ArrayList<>();
      ((Iterable<?>) value).forEach(element -> plain.add(of(element)));
      return plain;
    }
    if (value.getClass().isArray()) {
      List<@Nullable Object> plain = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        plain.add(of(Array.get(value, i)));
      }
      return plain;
    }
    return value.toString();
  }

  /** Whether an expected value has arrived. */
  static boolean matches(@Nullable Object expected, @Nullable Object arrived) {
    return Objects.deepEquals(of(expected), arrived);
  }

  /** The entries of a map as attributes, with dotted keys. */
  static Map<String, @Nullable Object> flat(Map<?, ?> map) {
    Map<String, @Nullable Object> flat = new LinkedHashMap<>();
    flatten(flat, "", map);
    return flat;
  }

  private static void flatten(Map<String, @Nullable Object> flat, String prefix, Map<?, ?> map) {
    map.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> nested) {
            flatten(flat, prefix + name + ".", nested);
          } else if (value != null) {
            flat.put(prefix + name, of(value));
          }
        });
  }
}
