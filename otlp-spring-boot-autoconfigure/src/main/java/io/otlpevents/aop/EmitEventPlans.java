package io.otlpevents.aop;

import io.otlpevents.EventEmitter;
import io.otlpevents.annotation.EmitEvent;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.util.ClassUtils;

/**
 * The plans of all annotated methods. All methods of a class are planned when it is first asked
 * for, which is when its bean is created, so that mistakes show at start.
 */
final class EmitEventPlans {

  private static final Log log = LogFactory.getLog(EmitEventPlans.class);

  private final Function<String, EventEmitter> emitters;
  private final Predicate<ResultKind> transactions;
  private final boolean classProxies;
  private final Map<Class<?>, Map<Method, Optional<MethodPlan>>> plans = new ConcurrentHashMap<>();

  // What needs other beans is checked when they all exist; guarded by this.
  private final List<Planned> unchecked = new ArrayList<>();
  private boolean beansExist;

  /**
   * @param emitters finds an emitter by its bean name, empty for the only or primary one
   * @param transactions whether there is a transaction manager for methods with such results
   * @param classProxies whether proxies are subclasses even where there are interfaces
   */
  EmitEventPlans(
      Function<String, EventEmitter> emitters,
      Predicate<ResultKind> transactions,
      boolean classProxies) {
    this.emitters = emitters;
    this.transactions = transactions;
    this.classProxies = classProxies;
  }

  /**
   * Whether the class has annotated methods, inherited ones included.
   *
   * @throws InvalidEmitEventException if one of them cannot work
   */
  boolean existFor(Class<?> targetClass) {
    return AnnotationUtils.isCandidateClass(targetClass, EmitEvent.class)
        && !ofClass(targetClass).isEmpty();
  }

  /** The plan for a method of a class, or null if the method is not annotated. */
  @Nullable MethodPlan find(Method method, Class<?> targetClass) {
    Map<Method, Optional<MethodPlan>> ofClass = ofClass(targetClass);
    Optional<MethodPlan> plan = ofClass.get(method);
    if (plan == null) {
      if (ofClass.isEmpty()) {
        return null;
      }
      // A method of an interface or of a superclass: remember what it resolves to.
      Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
      plan = ofClass.getOrDefault(specific, Optional.empty());
      if (plan.isEmpty() && !specific.equals(method)) {
        plan = Optional.ofNullable(plan(method, new EmitEventLookup(targetClass)));
      }
      ofClass.put(method, plan);
    }
    return plan.orElse(null);
  }

  /**
   * Checks what plans need of other beans, from now on at once.
   *
   * @throws InvalidEmitEventException if something is missing
   */
  synchronized void checkBeans() {
    beansExist = true;
    unchecked.forEach(this::check);
    unchecked.clear();
  }

  private synchronized void checkOrRemember(Planned planned) {
    if (beansExist) {
      check(planned);
    } else {
      unchecked.add(planned);
    }
  }

  private void check(Planned planned) {
    EmitEventPlan event = planned.event;
    boolean reactive = planned.kind == ResultKind.REACTIVE;
    if (event.phase() != EmitEvent.Phase.NOW && !transactions.test(planned.kind)) {
      throw new InvalidEmitEventException(
          planned.method,
          "waits for the end of a transaction (phase = "
              + event.phase()
              + "), but the application has no "
              + (reactive ? "reactive " : "")
              + "transaction manager",
          "Add one, for example with spring-boot-starter-"
              + (reactive ? "r2dbc" : "jdbc")
              + ", or leave out the phase.");
    }
    if (!event.emitterName().isEmpty()) {
      try {
        EventEmitter unused = emitters.apply(event.emitterName());
      } catch (BeansException e) {
        throw new InvalidEmitEventException(
            planned.method,
            "names the emitter '" + event.emitterName() + "', but " + e.getMessage(),
            "Write the bean name of an EventEmitter, or leave it out.");
      }
    }
  }

  private Map<Method, Optional<MethodPlan>> ofClass(Class<?> targetClass) {
    Map<Method, Optional<MethodPlan>> known = plans.get(targetClass);
    if (known == null) {
      Map<Method, MethodPlan> found = planAll(targetClass);
      if (found.isEmpty()) {
        known = Map.of();
      } else {
        known = new ConcurrentHashMap<>();
        for (Map.Entry<Method, MethodPlan> entry : found.entrySet()) {
          known.put(entry.getKey(), Optional.of(entry.getValue()));
        }
      }
      Map<Method, Optional<MethodPlan>> other = plans.putIfAbsent(targetClass, known);
      known = other == null ? known : other;
    }
    return known;
  }

  private Map<Method, MethodPlan> planAll(Class<?> targetClass) {
    EmitEventLookup lookup = new EmitEventLookup(targetClass);
    try {
      Map<Method, MethodPlan> found =
          MethodIntrospector.selectMethods(
              targetClass,
              (MethodIntrospector.MetadataLookup<MethodPlan>) method -> plan(method, lookup));
      if (!found.isEmpty() && !canBeProxied(targetClass)) {
        log.warn(
            "@EmitEvent in "
                + targetClass.getName()
                + " has no effect, because the class is final and cannot be proxied. Remove final"
                + " (in Kotlin: use the compiler plugin 'spring', or write open).");
        return Map.of();
      }
      warnOfSelfInvocations(targetClass, found.keySet());
      return found;
    } catch (IllegalStateException | LinkageError e) {
      // A class of somebody else's with an optional dependency missing: not ours to fail for.
      log.debug("The methods of " + targetClass.getName() + " cannot be seen", e);
      return Map.of();
    }
  }

  private static void warnOfSelfInvocations(Class<?> targetClass, Set<Method> methods) {
    SelfInvocations.of(targetClass, methods)
        .forEach(
            (method, callers) ->
                log.warn(
                    "@EmitEvent on "
                        + ClassUtils.getQualifiedMethodName(method)
                        + " has no effect where the object calls the method itself, in "
                        + String.join(", ", callers)
                        + ", because such a call does not go through the proxy. Call it from"
                        + " another bean, or emit the event there with an EventEmitter."));
  }

  private boolean canBeProxied(Class<?> targetClass) {
    return !Modifier.isFinal(targetClass.getModifiers())
        || !classProxies && ClassUtils.getAllInterfacesForClass(targetClass).length > 0;
  }

  private @Nullable MethodPlan plan(Method method, EmitEventLookup lookup) {
    List<MergedAnnotation<EmitEvent>> annotations = lookup.of(method);
    if (annotations.isEmpty()) {
      return null;
    }
    String obstacle = obstacle(method, lookup);
    if (obstacle != null) {
      log.warn(
          "@EmitEvent on "
              + ClassUtils.getQualifiedMethodName(method)
              + " has no effect, because "
              + obstacle
              + ".");
      return null;
    }
    ResultKind kind = ResultKind.of(method);
    if (kind == null) {
      log.warn(
          "@EmitEvent on "
              + ClassUtils.getQualifiedMethodName(method)
              + " has no effect, because the end of a coroutine or Flow can only be seen with"
              + " org.jetbrains.kotlinx:kotlinx-coroutines-reactor on the class path.");
      return null;
    }
    List<EmitEventPlan> events = new ArrayList<>();
    for (MergedAnnotation<EmitEvent> annotation : annotations) {
      EmitEventPlan event = new EmitEventPlanner(method, annotation, kind).plan(emitters);
      checkOrRemember(new Planned(method, kind, event));
      events.add(event);
    }
    return new MethodPlan(kind, events);
  }

  /** Why no proxy sees calls of the method; null if one does. */
  private @Nullable String obstacle(Method method, EmitEventLookup lookup) {
    int modifiers = method.getModifiers();
    if (Modifier.isPrivate(modifiers)) {
      return "the method is private; calls of it are not seen by a proxy";
    }
    if (Modifier.isStatic(modifiers)) {
      return "the method is static; calls of it are not seen by a proxy";
    }
    boolean finalMethod = Modifier.isFinal(modifiers) && !method.getDeclaringClass().isInterface();
    if (finalMethod && (classProxies || !lookup.isOnInterface(method))) {
      return "the method is final; a proxy cannot override it";
    }
    return null;
  }

  private record Planned(Method method, ResultKind kind, EmitEventPlan event) {}
}
