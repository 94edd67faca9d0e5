package io.otlpevents.aop;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Calls the method, hands on what it does, and emits its events. */
final class EmitEventInterceptor implements MethodInterceptor {

  private final EmitEventPlans plans;
  private final boolean withinTransactions;

  /**
   * @param withinTransactions which events to emit; see {@link MethodPlan#events}
   */
  EmitEventInterceptor(EmitEventPlans plans, boolean withinTransactions) {
    this.plans = plans;
    this.withinTransactions = withinTransactions;
  }

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    Object target = invocation.getThis();
    MethodPlan plan = target == null ? null : plans.find(invocation.getMethod(), target.getClass());
    if (plan == null) {
      return invocation.proceed();
    }
    EmitEventPlan[] events = plan.events(withinTransactions);
    Call call = plan.begin(invocation.getArguments());
    Object result;
    try {
      result = invocation.proceed();
    } catch (Throwable failure) {
      MethodPlan.emit(events, call.failed(failure));
      throw failure;
    }
    return MethodPlan.end(plan, events, call, result);
  }
}
