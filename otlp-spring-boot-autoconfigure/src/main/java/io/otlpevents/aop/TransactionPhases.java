package io.otlpevents.aop;

import io.otlpevents.DeferredEvent;
import io.otlpevents.annotation.EmitEvent.Phase;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/** Waits for the end of the current transaction. Only of use where spring-tx is present. */
final class TransactionPhases {

  private TransactionPhases() {}

  /** Whether the application can have transactions: spring-tx and a manager. */
  static boolean exist(ListableBeanFactory beans) {
    return ClassUtils.isPresent(
            "org.springframework.transaction.TransactionManager",
            TransactionPhases.class.getClassLoader())
        && Managers.exist(beans);
  }

  static boolean isInTransaction() {
    return TransactionSynchronizationManager.isSynchronizationActive()
        && TransactionSynchronizationManager.isActualTransactionActive();
  }

  /** Emits the event when the current transaction ends as the phase says. */
  static void await(Phase phase, DeferredEvent event, EmitEventPlan plan) {
    TransactionSynchronizationManager.registerSynchronization(new Waiting(phase, event, plan));
  }

  /** Apart, so that nothing of spring-tx is loaded where it is missing. */
  private static final class Managers {

    static boolean exist(ListableBeanFactory beans) {
      return beans.getBeanNamesForType(TransactionManager.class).length > 0;
    }
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
