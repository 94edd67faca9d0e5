package io.otlpevents.aop;

import io.otlpevents.annotation.EventProperties;
import io.otlpevents.aop.PropertyPath.Getter;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.spel.SpelEvaluationException;
import org.springframework.expression.spel.SpelMessage;
import org.springframework.util.ClassUtils;

/**
 * A property as {@link ReadOnlyPropertyAccessor} sees it: exactly one of method and field, or none
 * for the length of an array.
 */
record Property(String name, @Nullable Method method, @Nullable Field field, Class<?> type) {

  private static final ReadOnlyPropertyAccessor ACCESSOR = new ReadOnlyPropertyAccessor(false);
  private static final MethodType OBJECT_TO_OBJECT =
      MethodType.methodType(Object.class, Object.class);
  private static final MethodHandle ARRAY_LENGTH = arrayLength();

  /** The property; null if the class has none of this name. */
  static @Nullable Property find(Class<?> type, String name) {
    if (type.isArray()) {
      return name.equals("length") ? new Property(name, null, null, int.class) : null;
    }
    Method method = ACCESSOR.findGetterForProperty(name, type, false);
    if (method != null) {
      return new Property(name, method, null, method.getReturnType());
    }
    Field field = ACCESSOR.field(name, type);
    return field == null ? null : new Property(name, null, field, field.getType());
  }

  /** The property, which has to be there. */
  static Property require(Class<?> type, String name) {
    Property property = find(type, name);
    if (property == null) {
      throw new SpelEvaluationException(
          SpelMessage.PROPERTY_OR_FIELD_NOT_READABLE, name, type.getName());
    }
    return property;
  }

  /** Reads it of objects of this class. */
  Getter getter(Class<?> owner) {
    return new Getter(owner, handle(owner), EventProperties.of(owner).sensitivity(name));
  }

  private MethodHandle handle(Class<?> owner) {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      MethodHandle handle;
      if (method != null) {
        Method callable = ClassUtils.getPubliclyAccessibleMethodIfPossible(method, owner);
        open(callable);
        handle = lookup.unreflect(callable);
      } else if (field != null) {
        open(field);
        handle = lookup.unreflectGetter(field);
      } else {
        handle = ARRAY_LENGTH;
      }
      return handle.asType(OBJECT_TO_OBJECT);
    } catch (IllegalAccessException e) {
      throw new SpelEvaluationException(
          e, SpelMessage.PROPERTY_OR_FIELD_NOT_READABLE, name, owner.getName());
    }
  }

  private static void open(AccessibleObject member) {
    try {
      member.setAccessible(true);
    } catch (RuntimeException e) {
      // In a module that is not open: still fine if it is public in an exported package.
      return;
    }
  }

  private static MethodHandle arrayLength() {
    try {
      return MethodHandles.lookup()
          .findStatic(Array.class, "getLength", MethodType.methodType(int.class, Object.class));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
