package io.otlpevents.aop;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.util.ClassUtils;

/** How the result of a method ends. */
enum ResultKind {
  /** It is there when the method returns. */
  VALUE,
  /** It is, or may be, a future. */
  FUTURE,
  /** It is a publisher: of Reactor, or something that Spring can turn into one and back. */
  REACTIVE,
  /** Only the object itself tells. */
  ANY;

  private static final boolean REACTOR = isPresent("reactor.core.publisher.Flux");
  private static final boolean COROUTINES =
      REACTOR && isPresent("kotlinx.coroutines.reactor.MonoKt");

  /** The kind of a method's result; null if its end cannot be seen. */
  static @Nullable ResultKind of(Method method) {
    if (KotlinDetector.isSuspendingFunction(method)) {
      return COROUTINES ? REACTIVE : null;
    }
    Class<?> type = method.getReturnType();
    if (CompletionStage.class.isAssignableFrom(type) || Future.class.isAssignableFrom(type)) {
      return FUTURE;
    }
    if (REACTOR && ReactiveResults.adapts(type)) {
      return REACTIVE;
    }
    if (type.getName().equals("kotlinx.coroutines.flow.Flow")) {
      return null;
    }
    boolean maybeLater =
        type.isAssignableFrom(CompletableFuture.class) || REACTOR && ReactiveResults.mayBeOf(type);
    return maybeLater ? ANY : VALUE;
  }

  /** Whether the result is many values, so that there is no single one to speak of. */
  boolean isMany(Method method) {
    return this == REACTIVE
        && !KotlinDetector.isSuspendingFunction(method)
        && ReactiveResults.isMany(method.getReturnType());
  }

  /**
   * Emits the events when the result is complete.
   *
   * @return what the caller gets instead of the result
   */
  Object observe(Object result, Call call, EmitEventPlan[] events) {
    try {
      if (result instanceof CompletionStage<?> || result instanceof Future<?>) {
        FutureResults.observe(result, call, events);
        return result;
      }
      if (REACTOR && this != FUTURE) {
        Object observed = ReactiveResults.observe(result, call, events);
        if (observed != null) {
          return observed;
        }
      }
    } catch (Throwable failure) { // a future or publisher that cannot be observed
      for (EmitEventPlan event : events) {
        event.warn(
            "The result's completion cannot be observed; the event was not emitted", failure);
      }
      return result;
    }
    MethodPlan.emit(events, call.returned(result));
    return result;
  }

  private static boolean isPresent(String name) {
    return ClassUtils.isPresent(name, ResultKind.class.getClassLoader());
  }
}
