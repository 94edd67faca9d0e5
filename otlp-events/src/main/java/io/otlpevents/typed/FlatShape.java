package io.otlpevents.typed;

import io.otlpevents.EventBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sets what is read of an object as attributes, those of records and maps within with dotted keys.
 * Keys are put together once, for each place where a class occurs in an event. Immutable.
 */
final class FlatShape {

  private final List<Accessor> accessors;
  private final String[] keys;
  private final Nested[] nested;
  private final int depth;

  /**
   * @param parent the key of the object; null for the event itself
   * @param depth how many objects are around it
   */
  FlatShape(Shape shape, @Nullable String parent, int depth) {
    if (depth > Shape.MAX_DEPTH) {
      throw new IllegalStateException("nested more than " + Shape.MAX_DEPTH + " levels deep");
    }
    this.accessors = shape.accessors();
    this.keys = new String[accessors.size()];
    this.nested = new Nested[accessors.size()];
    this.depth = depth;
    for (int i = 0; i < keys.length; i++) {
      String name = accessors.get(i).name();
      keys[i] = parent == null ? name : parent + '.' + name;
      nested[i] = new Nested(keys[i], depth + 1);
    }
  }

  void write(EventBuilder event, Object owner) throws Throwable {
    for (int i = 0; i < keys.length; i++) {
      Accessor accessor = accessors.get(i);
      if (accessor.readsObject()) {
        put(event, i, accessor.read(owner));
      } else {
        accessor.put(event, keys[i], owner);
      }
    }
  }

  private void put(EventBuilder event, int index, @Nullable Object given) throws Throwable {
    Object value = Values.unwrapped(given);
    String key = keys[index];
    if (value instanceof String text) {
      event.attribute(key, text);
    } else if (value instanceof Record) {
      nested[index].get(value.getClass()).write(event, value);
    } else if (value instanceof Map<?, ?>) {
      flatten(event, key, Values.plain(value, depth));
    } else if (value != null) {
      event.attribute(key, Values.plain(value, depth));
    }
  }

  private static void flatten(EventBuilder event, String key, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        flatten(event, key + '.' + entry.getKey(), entry.getValue());
      }
    } else {
      event.attribute(key, value);
    }
  }

  /** The shapes of the records that were found at one place. */
  private static final class Nested extends ClassValue<FlatShape> {

    private final String key;
    private final int depth;

    Nested(String key, int depth) {
      this.key = key;
      this.depth = depth;
    }

    @Override
    protected FlatShape computeValue(Class<?> type) {
      Shape shape = Shape.of(type);
      String problem = shape.problem();
      if (problem != null) {
        throw new IllegalStateException(type.getName() + ": " + problem);
      }
      return new FlatShape(shape, key, depth);
    }
  }
}
