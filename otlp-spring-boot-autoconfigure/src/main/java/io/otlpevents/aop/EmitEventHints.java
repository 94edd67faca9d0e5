package io.otlpevents.aop;

import io.otlpevents.annotation.EmitEvent;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.aot.generate.GenerationContext;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.aot.BeanRegistrationCode;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;

/**
 * Lets a native image keep what annotated methods need: the methods themselves, and the properties
 * of arguments and results, which expressions and payloads read.
 */
final class EmitEventHints implements BeanRegistrationAotProcessor {

  @Override
  public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
    Class<?> type = bean.getBeanClass();
    if (!AnnotationUtils.isCandidateClass(type, EmitEvent.class)) {
      return null;
    }
    EmitEventLookup lookup = new EmitEventLookup(type);
    List<Method> methods =
        MethodIntrospector.selectMethods(
                type,
                (MethodIntrospector.MetadataLookup<Boolean>)
                    method -> lookup.of(method).isEmpty() ? null : Boolean.TRUE)
            .keySet()
            .stream()
            .map(method -> AopUtils.getMostSpecificMethod(method, type))
            .toList();
    return methods.isEmpty() ? null : new Contribution(type, methods);
  }

  private record Contribution(Class<?> type, List<Method> methods)
      implements BeanRegistrationAotContribution {

    @Override
    public void applyTo(GenerationContext context, BeanRegistrationCode code) {
      RuntimeHints hints = context.getRuntimeHints();
      hints.proxies().registerJdkProxy(EmitEvent.class);
      hints.reflection().registerType(type, MemberCategory.INVOKE_DECLARED_METHODS);
      List<Type> read = new ArrayList<>();
      for (Method method : methods) {
        read.addAll(Arrays.asList(method.getGenericParameterTypes()));
        if (method.getReturnType() != void.class) {
          read.add(method.getGenericReturnType());
        }
      }
      new BindingReflectionHintsRegistrar()
          .registerReflectionHints(hints.reflection(), read.toArray(Type[]::new));
    }
  }
}
