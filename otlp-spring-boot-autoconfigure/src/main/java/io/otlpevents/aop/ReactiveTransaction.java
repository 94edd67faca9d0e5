package io.otlpevents.aop;

import io.otlpevents.DeferredEvent;
import io.otlpevents.annotation.EmitEvent.Phase;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.NoTransactionException;
import org.springframework.transaction.reactive.TransactionSynchronization;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** The end of the transaction that the context of a subscriber holds. */
final class ReactiveTransaction implements EndOfTransaction {

  private final TransactionSynchronizationManager transaction;

  private ReactiveTransaction(TransactionSynchronizationManager transaction) {
    this.transaction = transaction;
  }

  /** That of a {@link ContextView}; null if it has none. */
  static @Nullable EndOfTransaction of(Object subscriber) {
    // Looked up in the context and nowhere else, so there is nothing to wait for.
    TransactionSynchronizationManager transaction =
        TransactionSynchronizationManager.forCurrentTransaction()
            .onErrorResume(NoTransactionException.class, none -> Mono.empty())
            .contextWrite((ContextView) subscriber)
            .toFuture()
            .getNow(null);
    return transaction != null
            && transaction.isSynchronizationActive()
            && transaction.isActualTransactionActive()
        ? new ReactiveTransaction(transaction)
        : null;
  }

  @Override
  public void await(Phase phase, DeferredEvent event, EmitEventPlan plan) {
    transaction.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public Mono<Void> afterCompletion(int status) {
            return Mono.fromRunnable(() -> EndOfTransaction.ended(status, phase, event, plan));
          }
        });
  }
}
