package io.otlpevents.aop;

import io.otlpevents.annotation.EmitEvent.Phase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of one method, and how its result ends. */
final class MethodPlan {

  private static final EmitEventPlan[] NONE = {};

  private final ResultKind kind;
  private final EmitEventPlan[] around;
  private final EmitEventPlan[] within;
  private final boolean timed;

  MethodPlan(ResultKind kind, List<EmitEventPlan> events) {
    this.kind = kind;
    this.around = events.stream().filter(e -> e.phase() == Phase.NOW).toList().toArray(NONE);
    this.within = events.stream().filter(e -> e.phase() != Phase.NOW).toList().toArray(NONE);
    this.timed = events.stream().anyMatch(EmitEventPlan::isTimed);
  }

  /**
   * Its events.
   *
   * @param withinTransactions those that wait for the transaction in which the method runs, rather
   *     than those that are emitted when everything around the method has ended
   */
  EmitEventPlan[] events(boolean withinTransactions) {
    return withinTransactions ? within : around;
  }

  boolean has(boolean withinTransactions) {
    return events(withinTransactions).length > 0;
  }

  Call begin(@Nullable Object[] arguments) {
    return kind == ResultKind.VALUE ? Call.begin(arguments, timed) : Call.beginLater(arguments);
  }

  /**
   * Emits the events of a call that has returned, at once or when its result is complete.
   *
   * @return what the caller gets
   */
  static @Nullable Object end(
      MethodPlan plan, EmitEventPlan[] events, Call call, @Nullable Object result) {
    if (plan.kind != ResultKind.VALUE && result != null) {
      return plan.kind.observe(result, call, events);
    }
    emit(events, call.returned(result));
    return result;
  }

  static void emit(EmitEventPlan[] events, Call call) {
    for (EmitEventPlan event : events) {
      event.emit(call);
    }
  }
}
