package io.otlpevents.aop;

import io.otlpevents.EventEmitter;
import io.otlpevents.annotation.EmitEvent;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.MethodMatcher;
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcher;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.Ordered;

/**
 * Emits an event for each call of a method annotated with {@link EmitEvent}, directly, through
 * another annotation, or on an interface or superclass. Needs an auto-proxy creator, but not
 * AspectJ.
 *
 * <p>Whatever goes wrong in emitting, the method's result or exception reaches its caller
 * unchanged. A mistake in an annotation is thrown as {@link InvalidEmitEventException} when the
 * bean is created.
 */
public final class EmitEventAdvisor extends AbstractPointcutAdvisor
    implements SmartInitializingSingleton {

  /**
   * Outside of transactions and caches, which have the lowest precedence, so that an event tells of
   * what was committed; inside of method security.
   */
  public static final int ORDER = Ordered.LOWEST_PRECEDENCE - 1000;

  private final Supplier<EventEmitter> emitters;
  private final transient Pointcut pointcut;
  private final transient Advice advice;
  private volatile @Nullable EventEmitter emitter;

  /**
   * Creates an advisor.
   *
   * @param emitters supplies the emitter; asked when all singletons exist, or before if an
   *     annotated method is called earlier
   */
  public EmitEventAdvisor(Supplier<EventEmitter> emitters) {
    EmitEventPlans plans = new EmitEventPlans();
    this.emitters = emitters;
    this.pointcut = new EmitEventPointcut(plans);
    this.advice = new EmitEventInterceptor(plans, this::emitter);
    setOrder(ORDER);
  }

  @Override
  public Pointcut getPointcut() {
    return pointcut;
  }

  @Override
  public Advice getAdvice() {
    return advice;
  }

  /** Asks for the emitter, so that a missing or ambiguous one stops the start. */
  @Override
  public void afterSingletonsInstantiated() {
    emitter();
  }

  private EventEmitter emitter() {
    EventEmitter present = emitter;
    if (present == null) {
      present = emitters.get();
      emitter = present;
    }
    return present;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /** Matches annotated methods. */
  private static final class EmitEventPointcut extends StaticMethodMatcher implements Pointcut {

    private final EmitEventPlans plans;

    EmitEventPointcut(EmitEventPlans plans) {
      this.plans = plans;
    }

    @Override
    public ClassFilter getClassFilter() {
      return plans::existFor;
    }

    @Override
    public MethodMatcher getMethodMatcher() {
      return this;
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
      return plans.find(method, targetClass) != null;
    }
  }
}
