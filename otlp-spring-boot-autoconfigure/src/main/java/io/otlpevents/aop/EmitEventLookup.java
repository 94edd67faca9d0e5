package io.otlpevents.aop;

import io.otlpevents.annotation.EmitEvent;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Finds the annotations that apply to a method: its own, or else its class's. */
final class EmitEventLookup {

  private EmitEventLookup() {}

  /** All annotations of the nearest declaration; none if the method is not annotated. */
  static List<MergedAnnotation<EmitEvent>> of(Method method, Class<?> targetClass) {
    List<MergedAnnotation<EmitEvent>> own =
        nearest(MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY));
    if (!own.isEmpty() || !takesPartInClass(method)) {
      return own;
    }
    List<MergedAnnotation<EmitEvent>> ofClass =
        nearest(MergedAnnotations.from(targetClass, SearchStrategy.TYPE_HIERARCHY));
    return ofClass.stream().filter(a -> reaches(a, method)).toList();
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
  static boolean isOnInterface(Method method, Class<?> targetClass) {
    for (Class<?> contract : ClassUtils.getAllInterfacesForClass(targetClass)) {
      if (ClassUtils.hasMethod(contract, method.getName(), method.getParameterTypes())) {
        return true;
      }
    }
    return false;
  }
}
