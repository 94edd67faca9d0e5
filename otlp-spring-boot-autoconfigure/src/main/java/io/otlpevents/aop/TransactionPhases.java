package io.otlpevents.aop;

import io.otlpevents.DeferredEvent;
import io.otlpevents.annotation.EmitEvent.Phase;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Waits for the end of the current transaction. Only loaded where spring-tx is present. */
final class TransactionPhases {

  private TransactionPhases() {}

  static boolean isInTransaction() {
    return TransactionSynchronizationManager.isSynchronizationActive()
        && TransactionSynchronizationManager.isActualTransactionActive();
  }

  /** Emits the event when the current transaction ends as the phase says. */
  static void await(Phase phase, DeferredEvent event, EmitEventPlan plan) {
    TransactionSynchronizationManager.registerSynchronization(new Waiting(phase, event, plan));
  }

  private record Waiting(Phase phase, DeferredEvent event, EmitEventPlan plan)
      implements TransactionSynchronization {

    @Override
    public void afterCompletion(int status) {
      try {
        if (status == STATUS_UNKNOWN) {
          plan.warn("The outcome of the transaction is unknown, so no event was emitted", null);
        } else if (status
            == (phase == Phase.AFTER_COMMIT ? STATUS_COMMITTED : STATUS_ROLLED_BACK)) {
          plan.tellRefusal(event.emit());
        }
      } catch (Throwable failure) { // the transaction is over and must stay so
        plan.warn("The event was not emitted", failure);
      }
    }
  }
}
