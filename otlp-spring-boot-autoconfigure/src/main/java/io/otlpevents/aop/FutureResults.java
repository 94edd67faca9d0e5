package io.otlpevents.aop;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Emits events when futures complete. The caller keeps the future that the method returned. */
final class FutureResults {

  private FutureResults() {}

  static void observe(Object result, Call call, EmitEventPlan[] events) {
    if (result instanceof CompletionStage<?> stage) {
      stage.whenComplete((value, failure) -> end(call, value, failure, events));
      return;
    }
    Future<?> future = (Future<?>) result;
    if (future.isDone()) {
      endNow(future, call, events);
      return;
    }
    for (EmitEventPlan event : events) {
      event.warn(
          "A "
              + result.getClass().getName()
              + " does not tell when it completes, so the event was emitted when the method"
              + " returned. Return a CompletableFuture instead",
          null);
    }
    MethodPlan.emit(events, call.returned(null));
  }

  private static void endNow(Future<?> future, Call call, EmitEventPlan[] events) {
    boolean interrupted = Thread.interrupted(); // or else get() may throw although all is done
    try {
      end(call, future.get(), null, events);
    } catch (ExecutionException e) {
      end(call, null, e.getCause() == null ? e : e.getCause(), events);
    } catch (InterruptedException | RuntimeException e) {
      end(call, null, e, events);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void end(
      Call call, @Nullable Object value, @Nullable Throwable failure, EmitEventPlan[] events) {
    if (failure == null) {
      MethodPlan.emit(events, call.returned(value));
    } else {
      Throwable cause =
          failure instanceof CompletionException && failure.getCause() != null
              ? failure.getCause()
              : failure;
      MethodPlan.emit(events, call.failed(cause));
    }
  }
}
