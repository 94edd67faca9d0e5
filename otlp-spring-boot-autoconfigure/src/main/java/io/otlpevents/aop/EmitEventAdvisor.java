package io.otlpevents.aop;

import io.otlpevents.annotation.EmitEvent;
import java.lang.reflect.Method;
import org.aopalliance.aop.Advice;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.MethodMatcher;
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcher;
import org.springframework.core.Ordered;

/**
 * Emits events for the calls of methods annotated with {@link EmitEvent}. There are two: one around
 * transactions, and one within them for events that wait for their end. Made by {@link
 * EmitEventAspect}; needs an auto-proxy creator, but not AspectJ.
 */
public final class EmitEventAdvisor extends AbstractPointcutAdvisor {

  /**
   * Outside of transactions and caches, which have the lowest precedence, so that an event tells of
   * what was committed; inside of method security.
   */
  public static final int AROUND_TRANSACTIONS = Ordered.LOWEST_PRECEDENCE - 1000;

  /**
   * Inside of transactions: of advisors with equal precedence the one registered later is the inner
   * one, and Spring Boot registers transactions before this.
   */
  public static final int WITHIN_TRANSACTIONS = Ordered.LOWEST_PRECEDENCE;

  private final transient Pointcut pointcut;
  private final transient Advice advice;

  EmitEventAdvisor(EmitEventPlans plans, boolean withinTransactions) {
    this.pointcut = new EmitEventPointcut(plans, withinTransactions);
    this.advice = new EmitEventInterceptor(plans, withinTransactions);
    setOrder(withinTransactions ? WITHIN_TRANSACTIONS : AROUND_TRANSACTIONS);
  }

  @Override
  public Pointcut getPointcut() {
    return pointcut;
  }

  @Override
  public Advice getAdvice() {
    return advice;
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
    private final boolean withinTransactions;

    EmitEventPointcut(EmitEventPlans plans, boolean withinTransactions) {
      this.plans = plans;
      this.withinTransactions = withinTransactions;
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
      MethodPlan plan = plans.find(method, targetClass);
      return plan != null && plan.has(withinTransactions);
    }
  }
}
