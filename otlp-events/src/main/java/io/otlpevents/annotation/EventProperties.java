package io.otlpevents.annotation;

import io.otlpevents.Sensitivity;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Sensitive} and {@link EventAttribute} say about the properties of a class. For
 * whoever takes objects apart; immutable.
 */
public final class EventProperties {

  private static final ClassValue<EventProperties> KNOWN =
      new ClassValue<>() {
        @Override
        protected EventProperties computeValue(Class<?> type) {
          return new EventProperties(type);
        }
      };

  /** Whether a class or what its fields are declared to hold has sensitive properties. */
  private static final ClassValue<Boolean> HOLDERS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return search(type, new HashSet<>());
        }
      };

  private final Map<String, Sensitivity> sensitive = new HashMap<>();
  private final Map<String, String> keys = new HashMap<>();

  /** Of all properties: where it is not known which of them is meant. */
  private @Nullable Sensitivity everything;

  private EventProperties(Class<?> type) {
    if (isPlatformClass(type)) {
      return;
    }
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      read(c);
      for (Class<?> contract : c.getInterfaces()) {
        readContract(contract);
      }
    }
  }

  /** What is known of this class, inherited properties included. */
  public static EventProperties of(Class<?> type) {
    return KNOWN.get(type);
  }

  /**
   * Whether objects of this class must not be recorded by their {@code toString()}: they, or what
   * their fields are declared to hold, have annotated properties.
   */
  public static boolean hold(Class<?> type) {
    return HOLDERS.get(type);
  }

  /** The property that a member with this name stands for: {@code id} for {@code getId}. */
  public static String property(String member) {
    int prefix = prefix(member, "get", prefix(member, "is", 0));
    if (prefix == 0) {
      return member;
    }
    String name = member.substring(prefix);
    boolean acronym =
        name.length() > 1
            && Character.isUpperCase(name.charAt(0))
            && Character.isUpperCase(name.charAt(1));
    return acronym ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  private static int prefix(String member, String prefix, int otherwise) {
    int length = prefix.length();
    return member.length() > length
            && member.startsWith(prefix)
            && !Character.isLowerCase(member.charAt(length))
        ? length
        : otherwise;
  }

  /** Whether there is any annotation. */
  public boolean areAnnotated() {
    return everything != null || !sensitive.isEmpty() || !keys.isEmpty();
  }

  /** What is recorded instead of this property; null if it is not sensitive. */
  public @Nullable Sensitivity sensitivity(String property) {
    Sensitivity own = find(sensitive, property);
    return own != null ? own : everything;
  }

  /** The key given to this property, empty for its name; null if it has none. */
  public @Nullable String key(String property) {
    return find(keys, property);
  }

  /** Whether only properties with a key are recorded. */
  public boolean select() {
    return !keys.isEmpty();
  }

  /** Libraries disagree about the first letters of names such as {@code getURL}, {@code getaB}. */
  private static <T> @Nullable T find(Map<String, T> values, String property) {
    T exact = values.get(property);
    if (exact != null || values.isEmpty()) {
      return exact;
    }
    for (Map.Entry<String, T> entry : values.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(property)) {
        return entry.getValue();
      }
    }
    return null;
  }

  private void read(Class<?> type) {
    if (isPlatformClass(type)) {
      return;
    }
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        add(component.getName(), component);
      }
    }
    for (Field field : type.getDeclaredFields()) {
      add(field.getName(), field);
    }
    for (Method method : type.getDeclaredMethods()) {
      add(method);
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      read(type, constructor);
    }
  }

  private void readContract(Class<?> contract) {
    if (!isPlatformClass(contract)) {
      for (Method method : contract.getDeclaredMethods()) {
        add(method);
      }
      for (Class<?> parent : contract.getInterfaces()) {
        readContract(parent);
      }
    }
  }

  private void add(Method method) {
    if (method.getParameterCount() == 0
        && method.getReturnType() != void.class
        && !method.isAnnotationPresent(EmitEvent.class)) {
      // Kotlin keeps annotations of properties on a method named so.
      String name = method.getName();
      int synthetic = name.indexOf("$annotations");
      add(property(synthetic < 0 ? name : name.substring(0, synthetic)), method);
    } else if (method.isSynthetic() && method.getName().endsWith("$annotations")) {
      String name = method.getName();
      add(property(name.substring(0, name.length() - "$annotations".length())), method);
    }
  }

  /** Kotlin puts the annotation of a property that a constructor declares on its parameter. */
  private void read(Class<?> type, Constructor<?> constructor) {
    Parameter[] parameters = constructor.getParameters();
    for (int i = 0; i < parameters.length; i++) {
      Parameter parameter = parameters[i];
      if (!parameter.isAnnotationPresent(Sensitive.class)
          && !parameter.isAnnotationPresent(EventAttribute.class)) {
        continue;
      }
      String name =
          parameter.isNamePresent() ? parameter.getName() : fieldName(type, parameters, i);
      if (name != null) {
        add(name, parameter);
      } else {
        Sensitive unnamed = parameter.getAnnotation(Sensitive.class);
        everything = unnamed == null ? everything : unnamed.value();
      }
    }
  }

  /** Constructors that assign each field one parameter declare them in the same order. */
  private static @Nullable String fieldName(Class<?> type, Parameter[] parameters, int index) {
    List<Field> fields =
        Arrays.stream(type.getDeclaredFields())
            .filter(field -> !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic())
            .toList();
    if (fields.size() != parameters.length) {
      return null;
    }
    for (int i = 0; i < parameters.length; i++) {
      if (fields.get(i).getType() != parameters[i].getType()) {
        return null;
      }
    }
    return fields.get(index).getName();
  }

  private void add(String property, AnnotatedElement element) {
    Sensitive marked = element.getAnnotation(Sensitive.class);
    if (marked != null) {
      sensitive.putIfAbsent(property, marked.value());
    }
    EventAttribute recorded = element.getAnnotation(EventAttribute.class);
    if (recorded != null) {
      keys.putIfAbsent(property, recorded.value());
    }
  }

  private static boolean search(Class<?> type, Set<Class<?>> seen) {
    Class<?> element = type;
    while (element.isArray()) {
      element = element.getComponentType();
    }
    if (element.isPrimitive() || isPlatformClass(element) || !seen.add(element)) {
      return false;
    }
    if (of(element).areAnnotated()) {
      return true;
    }
    for (Class<?> c = element; c != null && c != Object.class; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && search(field.getGenericType(), seen)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean search(Type type, Set<Class<?>> seen) {
    if (type instanceof Class<?> plain) {
      return search(plain, seen);
    }
    if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        if (search(argument, seen)) {
          return true;
        }
      }
      return search(generic.getRawType(), seen);
    }
    if (type instanceof GenericArrayType array) {
      return search(array.getGenericComponentType(), seen);
    }
    return type instanceof WildcardType wildcard && search(wildcard.getUpperBounds()[0], seen);
  }

  private static boolean isPlatformClass(Class<?> type) {
    return type.getName().startsWith("java.") || type.getName().startsWith("kotlin.");
  }
}
