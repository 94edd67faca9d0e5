package io.otlpevents.aop;

import io.otlpevents.SensitiveValue;
import io.otlpevents.Sensitivity;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A variable and properties of it, such as {@code #order.customer.id}: most expressions are one,
 * and read through method handles they cost a few nanoseconds. Null on the way is null.
 */
final class PropertyPath implements CallValue {

  private final Variable variable;
  private final boolean recorded;
  private final Step[] steps;

  /**
   * @param recorded whether the value leaves the application, so that sensitive ones are marked
   */
  PropertyPath(Variable variable, List<String> properties, boolean recorded) {
    this.variable = variable;
    this.recorded = recorded;
    this.steps = properties.stream().map(Step::new).toArray(Step[]::new);
  }

  @Override
  public @Nullable Object read(Call call) throws Throwable {
    Object value = variable.of(call, recorded);
    for (Step step : steps) {
      if (value == null || value instanceof SensitiveValue) {
        return value; // a part of what must not be recorded must not either
      }
      Getter getter = step.getter(value.getClass());
      value = (Object) getter.handle.invokeExact(value);
      Sensitivity sensitivity = getter.sensitivity;
      if (recorded && sensitivity != null && value != null) {
        value = SensitiveValue.of(value, sensitivity);
      }
    }
    return value;
  }

  /**
   * A property that cannot exist: its owner's class is final and has none of that name.
   *
   * @return what is wrong; null if nothing is known to be
   */
  @Nullable String problem() {
    Class<?> type = variable.type();
    for (Step step : steps) {
      Property property = Property.find(type, step.name);
      if (property == null) {
        boolean certain = Modifier.isFinal(type.getModifiers()) && !type.isPrimitive();
        return certain || type.isPrimitive()
            ? "reads the property '" + step.name + "', which " + type.getName() + " does not have"
            : null;
      }
      type = property.type();
    }
    return null;
  }

  /** One property, with the getters of the classes it was seen on. */
  private static final class Step {

    private final String name;
    private final Map<Class<?>, Getter> others = new ConcurrentHashMap<>();
    private volatile @Nullable Getter first;

    Step(String name) {
      this.name = name;
    }

    Getter getter(Class<?> type) {
      Getter usual = first;
      if (usual != null && usual.type == type) {
        return usual;
      }
      Getter getter = others.get(type);
      if (getter == null) {
        getter = Property.require(type, name).getter(type);
        others.put(type, getter);
        if (usual == null) {
          first = getter;
        }
      }
      return getter;
    }
  }

  /**
   * Reads a property of objects of one class.
   *
   * @param handle takes an Object and returns one
   */
  record Getter(Class<?> type, MethodHandle handle, @Nullable Sensitivity sensitivity) {}
}
