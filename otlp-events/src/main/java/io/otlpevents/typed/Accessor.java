package io.otlpevents.typed;

import io.otlpevents.EventBuilder;
import io.otlpevents.SensitiveValue;
import io.otlpevents.Sensitivity;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one component of an object, numbers and truth values without boxing. Immutable. */
final class Accessor {

  private static final Set<Class<?>> INTEGERS =
      Set.of(byte.class, short.class, int.class, long.class);
  private static final Set<Class<?>> FLOATS = Set.of(float.class, double.class);

  private enum Kind {
    LONG(long.class),
    DOUBLE(double.class),
    BOOLEAN(boolean.class),
    OBJECT(Object.class);

    private final Class<?> type;

    Kind(Class<?> type) {
      this.type = type;
    }
  }

  private final String name;
  private final @Nullable Sensitivity sensitivity;
  private final Kind kind;
  private final MethodHandle handle;

  /**
   * @param name the key, without that of the object the component is read of
   * @param sensitivity what is recorded instead of the value; null for the value itself
   * @throws IllegalAccessException if the method is out of reach
   * @throws RuntimeException if it is in a module that is closed to this one
   */
  Accessor(String name, Method method, @Nullable Sensitivity sensitivity)
      throws IllegalAccessException {
    this.name = name;
    this.sensitivity = sensitivity;
    this.kind = sensitivity != null ? Kind.OBJECT : kindOf(method.getReturnType());
    // Records are often private to the class that emits them.
    method.setAccessible(true);
    this.handle =
        MethodHandles.lookup()
            .unreflect(method)
            .asType(MethodType.methodType(kind.type, Object.class));
  }

  private static Kind kindOf(Class<?> type) {
    if (INTEGERS.contains(type)) {
      return Kind.LONG;
    }
    if (FLOATS.contains(type)) {
      return Kind.DOUBLE;
    }
    return type == boolean.class ? Kind.BOOLEAN : Kind.OBJECT;
  }

  String name() {
    return name;
  }

  /** Whether the value is an object, to be {@linkplain #read read} and looked at. */
  boolean readsObject() {
    return kind == Kind.OBJECT;
  }

  /** The value, boxed; null if it is. */
  @Nullable Object read(Object owner) throws Throwable {
    return switch (kind) {
      case LONG -> (long) handle.invokeExact(owner);
      case DOUBLE -> (double) handle.invokeExact(owner);
      case BOOLEAN -> (boolean) handle.invokeExact(owner);
      case OBJECT -> guarded((Object) handle.invokeExact(owner));
    };
  }

  private @Nullable Object guarded(@Nullable Object value) {
    Object inner = sensitivity == null ? null : Values.unwrapped(value);
    return sensitivity == null || inner == null ? value : SensitiveValue.of(inner, sensitivity);
  }

  /** Sets an attribute to a value that is no object. */
  void put(EventBuilder event, String key, Object owner) throws Throwable {
    switch (kind) {
      case LONG -> event.attribute(key, (long) handle.invokeExact(owner));
      case DOUBLE -> event.attribute(key, (double) handle.invokeExact(owner));
      case BOOLEAN -> event.attribute(key, (boolean) handle.invokeExact(owner));
      case OBJECT -> event.attribute(key, read(owner));
    }
  }
}
