package io.otlpevents.aop;

import io.otlpevents.annotation.EmitEvent;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the annotations that apply to the methods of a class: their own, or else the class's. For
 * one thread.
 */
final class EmitEventLookup {

  private final Class<?> targetClass;
  private @Nullable List<MergedAnnotation<EmitEvent>> ofClass;

  EmitEventLookup(Class<?> targetClass) {
    this.targetClass = targetClass;
  }

  /** All annotations of the nearest declaration; none if the method is not annotated. */
  List<MergedAnnotation<EmitEvent>> of(Method method) {
    List<MergedAnnotation<EmitEvent>> own =
        nearest(MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY));
    if (!own.isEmpty() || !takesPartInClass(method)) {
      return own;
    }
    return ofClass().stream().filter(a -> reaches(a, method)).toList();
  }

  private List<MergedAnnotation<EmitEvent>> ofClass() {
    List<MergedAnnotation<EmitEvent>> known = ofClass;
    if (known == null) {
      known = nearest(MergedAnnotations.from(targetClass, SearchStrategy.TYPE_HIERARCHY));
      ofClass = known;
    }
    return known;
  }

  private static List<MergedAnnotation<EmitEvent>> nearest(MergedAnnotations annotations) {
    List<MergedAnnotation<EmitEvent>> all = annotations.stream(EmitEvent.class).toList();
    return all.stream()
        .filter(a -> a.getAggregateIndex() == all.get(0).getAggregateIndex())
        .toList();
  }

  private static boolean takesPartInClass(Method method) {
    return Modifier.isPublic(method.getModifiers())
        && !Modifier.isStatic(method.getModifiers())
        && !method.isSynthetic()
        && !ReflectionUtils.isObjectMethod(method)
        && method.getDeclaringClass() != Object.class;
  }

  /** An interface speaks for its own methods only. */
  private static boolean reaches(MergedAnnotation<EmitEvent> annotation, Method method) {
    return !(annotation.getSource() instanceof Class<?> source)
        || !source.isInterface()
        || ClassUtils.hasMethod(source, method.getName(), method.getParameterTypes());
  }

  /** Whether an interface of the class has the method, so that any proxy has it. */
  boolean isOnInterface(Method method) {
    for (Class<?> contract : ClassUtils.getAllInterfacesForClass(targetClass)) {
      if (ClassUtils.hasMethod(contract, method.getName(), method.getParameterTypes())) {
        return true;
      }
    }
    return false;
  }
}
