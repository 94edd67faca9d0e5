package io.otlpevents.aop;

import io.otlpevents.DeferredEvent;
import io.otlpevents.annotation.EmitEvent.Phase;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The end of the transaction of the current thread. */
final class ThreadTransaction implements EndOfTransaction {

  private static final ThreadTransaction CURRENT = new ThreadTransaction();

  private ThreadTransaction() {}

  static @Nullable EndOfTransaction current() {
    return TransactionSynchronizationManager.isSynchronizationActive()
            && TransactionSynchronizationManager.isActualTransactionActive()
        ? CURRENT
        : null;
  }

  @Override
  public void await(Phase phase, DeferredEvent event, EmitEventPlan plan) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCompletion(int status) {
            EndOfTransaction.ended(status, phase, event, plan);
          }
        });
  }
}
