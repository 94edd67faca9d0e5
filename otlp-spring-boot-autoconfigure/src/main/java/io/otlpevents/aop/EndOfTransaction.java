package io.otlpevents.aop;

import io.otlpevents.DeferredEvent;
import io.otlpevents.annotation.EmitEvent.Phase;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * The end of the transaction that a call is part of. Only loaded where spring-tx is present; what
 * is reactive, only where Reactor is, too.
 */
interface EndOfTransaction {

  /** Emits the event when the transaction ends as the phase says. */
  void await(Phase phase, DeferredEvent event, EmitEventPlan plan);

  /** That of the transaction in which the call ends; null if there is none. */
  static @Nullable EndOfTransaction of(Call call) {
    Object subscriber = call.subscriber;
    return subscriber == null ? ThreadTransaction.current() : ReactiveTransaction.of(subscriber);
  }

  /** The transaction has ended with one of the states of {@link TransactionSynchronization}. */
  static void ended(int status, Phase phase, DeferredEvent event, EmitEventPlan plan) {
    try {
      if (status == TransactionSynchronization.STATUS_UNKNOWN) {
        plan.warn("The outcome of the transaction is unknown, so no event was emitted", null);
      } else if (status
          == (phase == Phase.AFTER_COMMIT
              ? TransactionSynchronization.STATUS_COMMITTED
              : TransactionSynchronization.STATUS_ROLLED_BACK)) {
        plan.tellRefusal(event.emit());
      }
    } catch (Throwable failure) { // the transaction is over and must stay so
      plan.warn("The event was not emitted", failure);
    }
  }
}
