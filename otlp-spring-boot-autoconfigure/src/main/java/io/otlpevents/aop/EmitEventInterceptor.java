package io.otlpevents.aop;

import io.opentelemetry.context.Context;
import io.otlpevents.aop.EmitEventPlan.EmitterSource;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** Calls the method, hands on what it does, and emits its event. */
final class EmitEventInterceptor implements MethodInterceptor {

  private final EmitEventPlans plans;
  private final EmitterSource emitters;

  EmitEventInterceptor(EmitEventPlans plans, EmitterSource emitters) {
    this.plans = plans;
    this.emitters = emitters;
  }

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    Object target = invocation.getThis();
    EmitEventPlan plan =
        target == null ? null : plans.find(invocation.getMethod(), target.getClass());
    if (plan == null) {
      return invocation.proceed();
    }
    Context context = Context.current();
    @Nullable Object[] arguments = invocation.getArguments();
    Object result;
    try {
      result = invocation.proceed();
    } catch (Throwable failure) {
      if (plan.emitsOnFailure()) {
        plan.emit(emitters, context, arguments, null, failure);
      }
      throw failure;
    }
    if (plan.emitsOnSuccess()) {
      plan.emit(emitters, context, arguments, result, null);
    }
    return result;
  }
}
