package io.otlpevents.aop;

import io.otlpevents.SensitiveValue;
import io.otlpevents.Sensitivity;
import io.otlpevents.annotation.EventProperties;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.AccessException;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.PropertyAccessor;
import org.springframework.expression.TypedValue;
import org.springframework.expression.spel.support.ReflectivePropertyAccessor;

/**
 * Reads properties: getters, record components, public fields, and the size, length or name of
 * common types. Spring's own accessor takes any method without parameters for a property, so that
 * {@code #queue.poll} would take an element away.
 */
final class ReadOnlyPropertyAccessor extends ReflectivePropertyAccessor {

  private final boolean recorded;

  /**
   * @param recorded whether what is read leaves the application, so that sensitive values are
   *     marked
   */
  ReadOnlyPropertyAccessor(boolean recorded) {
    super(false);
    this.recorded = recorded;
  }

  @Override
  public TypedValue read(EvaluationContext context, @Nullable Object target, String name)
      throws AccessException {
    TypedValue read = super.read(context, target, name);
    Sensitivity sensitivity = sensitivity(target, name);
    return sensitivity == null || read.getValue() == null
        ? read
        : new TypedValue(SensitiveValue.of(read.getValue(), sensitivity));
  }

  /** Sensitive properties are always read by this, never by code compiled around it. */
  @Override
  public PropertyAccessor createOptimalAccessor(
      EvaluationContext context, @Nullable Object target, String name) {
    return sensitivity(target, name) == null
        ? super.createOptimalAccessor(context, target, name)
        : this;
  }

  private @Nullable Sensitivity sensitivity(@Nullable Object target, String name) {
    return recorded && target != null
        ? EventProperties.of(target.getClass()).sensitivity(name)
        : null;
  }

  /** The public field with this name; null for none. */
  @Nullable Field field(String name, Class<?> type) {
    return findField(name, type, false);
  }

  @Override
  protected @Nullable Method findGetterForProperty(
      String propertyName, Class<?> type, boolean mustBeStatic) {
    Method method = super.findGetterForProperty(propertyName, type, mustBeStatic);
    if (method == null || !method.getName().equals(propertyName)) {
      return method;
    }
    return isRecordComponent(propertyName, type)
            || isWellKnown(propertyName, type)
            || isBooleanGetter(method)
        ? method
        : null;
  }

  @Override
  protected boolean isCandidateForProperty(Method method, Class<?> targetClass) {
    Class<?> declaring = method.getDeclaringClass();
    return declaring != Object.class
        && declaring != Class.class
        && !ClassLoader.class.isAssignableFrom(declaring);
  }

  private static boolean isRecordComponent(String name, Class<?> type) {
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        if (component.getName().equals(name)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isWellKnown(String name, Class<?> type) {
    return switch (name) {
      case "size" -> Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type);
      case "length" -> CharSequence.class.isAssignableFrom(type);
      case "name", "ordinal" -> Enum.class.isAssignableFrom(type);
      default -> false;
    };
  }

  /** Kotlin names the getter of a property {@code isOpen} just so. */
  private static boolean isBooleanGetter(Method method) {
    String name = method.getName();
    return name.length() > 2
        && name.startsWith("is")
        && Character.isUpperCase(name.charAt(2))
        && (method.getReturnType() == boolean.class || method.getReturnType() == Boolean.class);
  }
}
