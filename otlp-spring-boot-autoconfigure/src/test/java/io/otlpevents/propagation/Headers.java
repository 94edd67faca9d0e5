package io.otlpevents.propagation;

import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Header lines as HTTP has them: in order, possibly repeated, names without case. */
final class Headers {

  static final TextMapGetter<Headers> GETTER = new Getter();
  static final TextMapSetter<Headers> SETTER =
      (headers, key, value) -> {
        if (headers != null) {
          headers.add(key, value);
        }
      };

  private final List<Map.Entry<String, String>> lines = new ArrayList<>();

  static Headers of(String... namesAndValues) {
    Headers headers = new Headers();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  Headers add(String name, String value) {
    lines.add(Map.entry(name, value));
    return this;
  }

  void remove(String name) {
    lines.removeIf(line -> line.getKey().equalsIgnoreCase(name));
  }

  List<String> all(String name) {
    return lines.stream()
        .filter(line -> line.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .toList();
  }

  boolean has(String name) {
    return !all(name).isEmpty();
  }

  int size() {
    return lines.size();
  }

  @Override
  public String toString() {
    return lines.toString();
  }

  private static final class Getter implements TextMapGetter<Headers> {

    @Override
    public Iterable<String> keys(Headers carrier) {
      return carrier.lines.stream().map(Map.Entry::getKey).toList();
    }

    @Override
    public @Nullable String get(@Nullable Headers carrier, String key) {
      if (carrier == null) {
        return null;
      }
      List<String> values = carrier.all(key);
      return values.isEmpty() ? null : values.get(0);
    }

    @Override
    public Iterator<String> getAll(@Nullable Headers carrier, String key) {
      return carrier == null ? List.<String>of().iterator() : carrier.all(key).iterator();
    }
  }
}
