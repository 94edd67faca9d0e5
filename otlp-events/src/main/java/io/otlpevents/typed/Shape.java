package io.otlpevents.typed;

import io.otlpevents.Sensitivity;
import io.otlpevents.annotation.EventAttribute;
import io.otlpevents.annotation.EventBody;
import io.otlpevents.annotation.Sensitive;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is read of the objects of a class: the components of a record in their order, or the getters
 * of another class in the order of their names. Immutable; made once for each class.
 */
final class Shape {

  /** Deeper records are refused, which also ends cycles. The encoder has the same limit. */
  static final int MAX_DEPTH = 30;

  private static final ClassValue<Shape> SHAPES =
      new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
          return new Shape(type);
        }
      };

  private final List<Accessor> accessors;
  private final @Nullable Accessor body;
  private final @Nullable String problem;

  private Shape(Class<?> type) {
    List<Accessor> found = new ArrayList<>();
    List<Accessor> bodies = new ArrayList<>();
    String wrong = null;
    try {
      for (Property property : type.isRecord() ? components(type) : getters(type)) {
        Sensitive sensitive = property.annotation(Sensitive.class);
        Sensitivity sensitivity = sensitive == null ? null : sensitive.value();
        if (sensitivity == Sensitivity.DROP) {
          continue;
        }
        Accessor accessor = new Accessor(property.key(), property.reader, sensitivity);
        (property.annotation(EventBody.class) != null ? bodies : found).add(accessor);
      }
    } catch (IllegalAccessException | RuntimeException e) {
      wrong =
          "its accessors cannot be called; open its package to the module io.otlpevents, or make"
              + " it public ("
              + e.getClass().getSimpleName()
              + ")";
    }
    Set<String> keys = new HashSet<>();
    for (Accessor accessor : found) {
      if (!keys.add(accessor.name())) {
        wrong = "two of its attributes have the key " + accessor.name();
      }
    }
    if (bodies.size() > 1) {
      wrong = "more than one of its components is annotated with @EventBody";
    }
    this.accessors = List.copyOf(found);
    this.body = bodies.size() == 1 ? bodies.get(0) : null;
    this.problem = wrong;
  }

  static Shape of(Class<?> type) {
    return SHAPES.get(type);
  }

  /** What is wrong with the class, to follow its name and a colon; null if nothing is. */
  @Nullable String problem() {
    return problem;
  }

  /** What is read for attributes. */
  List<Accessor> accessors() {
    return accessors;
  }

  /** What is read for the body; null for nothing. */
  @Nullable Accessor body() {
    return body;
  }

  /** An object of this class as a map; records in it as maps, too. */
  Map<String, Object> toMap(Object owner, int depth) throws Throwable {
    if (problem != null) {
      throw new IllegalStateException(problem);
    }
    Map<String, Object> map = new LinkedHashMap<>();
    for (Accessor accessor : accessors) {
      Object value = Values.plain(accessor.read(owner), depth);
      if (value != null) {
        map.put(accessor.name(), value);
      }
    }
    return map;
  }

  private static List<Property> components(Class<?> type) {
    List<Property> found = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      List<AnnotatedElement> annotated = new ArrayList<>(List.of(component));
      addMembers(annotated, type, component.getAccessor().getName(), component.getName());
      found.add(new Property(component.getName(), component.getAccessor(), annotated));
    }
    return found;
  }

  private static List<Property> getters(Class<?> type) {
    List<Property> found = new ArrayList<>();
    for (Method method : type.getMethods()) {
      String name = nameOf(method);
      if (name != null) {
        List<AnnotatedElement> annotated = new ArrayList<>();
        addMembers(annotated, type, method.getName(), name);
        found.add(new Property(name, method, annotated));
      }
    }
    found.sort(Comparator.comparing(property -> property.name));
    return found;
  }

  /** Adds what may bear annotations of a property: in the class first, then in what it extends. */
  private static void addMembers(
      List<AnnotatedElement> found, @Nullable Class<?> type, String getter, String field) {
    if (type == null || type == Object.class) {
      return;
    }
    for (Method method : type.getDeclaredMethods()) {
      if (method.getName().equals(getter) && method.getParameterCount() == 0) {
        found.add(method);
      }
    }
    for (Field declared : type.getDeclaredFields()) {
      if (declared.getName().equals(field)) {
        found.add(declared);
      }
    }
    addMembers(found, type.getSuperclass(), getter, field);
    for (Class<?> contract : type.getInterfaces()) {
      addMembers(found, contract, getter, field);
    }
  }

  /** The property that a method reads; null if it is no getter of the application's. */
  private static @Nullable String nameOf(Method method) {
    Class<?> result = method.getReturnType();
    String owner = method.getDeclaringClass().getName();
    if (method.getParameterCount() > 0
        || result == void.class
        || Modifier.isStatic(method.getModifiers())
        || method.isBridge()
        || owner.startsWith("java.")
        || owner.startsWith("org.springframework.")) {
      return null;
    }
    String name = method.getName();
    int prefix =
        name.startsWith("get") ? 3 : name.startsWith("is") && result == boolean.class ? 2 : 0;
    if (prefix == 0
        || name.length() == prefix
        || Character.isLowerCase(name.charAt(prefix))
        || name.equals("getClass")) {
      return null;
    }
    return uncapitalized(name.substring(prefix));
  }

  /** As in the JavaBeans specification: an abbreviation at the start stays as it is. */
  private static String uncapitalized(String name) {
    return name.length() > 1 && Character.isUpperCase(name.charAt(1))
        ? name
        : Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  /** A component or getter, and where its annotations may be. */
  private record Property(String name, Method reader, List<AnnotatedElement> annotated) {

    String key() {
      EventAttribute attribute = annotation(EventAttribute.class);
      return attribute == null || attribute.value().isBlank()
          ? AttributeKeys.snakeCase(name)
          : attribute.value();
    }

    <A extends Annotation> @Nullable A annotation(Class<A> type) {
      for (AnnotatedElement element : annotated) {
        A annotation = element.getAnnotation(type);
        if (annotation != null) {
          return annotation;
        }
      }
      return null;
    }
  }
}
