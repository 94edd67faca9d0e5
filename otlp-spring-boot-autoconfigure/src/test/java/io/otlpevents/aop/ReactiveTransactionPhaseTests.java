package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EmitEvent.Outcome;
import io.otlpevents.annotation.EmitEvent.Phase;
import io.otlpevents.annotation.EmitEvent.WithoutTransaction;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.ReactiveTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.reactive.AbstractReactiveTransactionManager;
import org.springframework.transaction.reactive.GenericReactiveTransaction;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class ReactiveTransactionPhaseTests {

  private final RecordingEmitter emitter = new RecordingEmitter();
  private final FakeTransactions transactions = new FakeTransactions();
  private final TransactionalOperator operator = TransactionalOperator.create(transactions);

  private void run(Consumer<Service> test) {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(AopAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
        .withBean("recordingEmitter", RecordingEmitter.class, () -> emitter)
        .withUserConfiguration(Transactions.class)
        .withBean(ReactiveTransactionManager.class, () -> transactions)
        .withBean(Service.class)
        .run(context -> test.accept(context.getBean(Service.class)));
  }

  private List<String> emitted() {
    return emitter.events.stream().map(e -> e.name).toList();
  }

  @Test
  void waitsForTheCommitOfTheCallersTransaction() {
    run(
        service -> {
          String placed =
              service
                  .place("o-1")
                  .doOnNext(id -> assertThat(emitted()).isEmpty())
                  .as(operator::transactional)
                  .block();
          assertThat(placed).isEqualTo("o-1");
          assertThat(emitted()).containsExactly("committed");
          assertThat(emitter.single().attributes).containsEntry("id", "o-1");
          assertThat(transactions.steps).containsExactly("begin", "commit");
        });
  }

  @Test
  void tellsOfARollbackInstead() {
    run(
        service -> {
          operator
              .execute(
                  status -> {
                    status.setRollbackOnly();
                    return service.place("o-1");
                  })
              .blockLast();
          assertThat(emitted()).containsExactly("rolled.back");
        });
  }

  @Test
  void seesTheTransactionThatTheMethodItselfBeginsOnWhateverThread() {
    run(
        service -> {
          service.placeInTransaction("o-1").subscribeOn(Schedulers.parallel()).block();
          assertThat(emitted()).containsExactly("committed");
          assertThat(service.many().collectList().block()).containsExactly(1, 2, 3);
          assertThat(emitted()).containsExactly("committed", "committed.many");
        });
  }

  @Test
  void isNotDeceivedByACommitThatFails() {
    run(
        service -> {
          transactions.failCommit = true;
          assertThatThrownBy(() -> service.placeInTransaction("o-1").block())
              .hasMessageContaining("no commit");
          assertThat(emitted()).doesNotContain("committed");
        });
  }

  @Test
  void reportsAFailureThatRollsBack() {
    run(
        service -> {
          assertThatThrownBy(() -> service.failInTransaction().block()).hasMessage("no");
          assertThat(emitted()).containsExactly("failed.and.rolled.back");
          assertThat(emitter.single().exception).hasMessage("no");
        });
  }

  @Test
  void reportsACancellationThatRollsBack() {
    run(
        service -> {
          Disposable subscription = service.neverEnds().subscribe();
          subscription.dispose();
          assertThat(transactions.steps).containsExactly("begin", "rollback");
          assertThat(emitted()).containsExactly("cancelled");
        });
  }

  @Test
  void withoutATransactionItEmitsAtOnceOrNotAtAll() {
    run(
        service -> {
          service.place("o-1").block();
          assertThat(emitted()).containsExactly("committed", "rolled.back");
          emitter.events.clear();
          service.skipping().block();
          assertThat(emitted()).isEmpty();
        });
  }

  static class Service {

    @EmitEvent(value = "committed", phase = Phase.AFTER_COMMIT, attributes = "id=#result")
    @EmitEvent(value = "rolled.back", phase = Phase.AFTER_ROLLBACK)
    Mono<String> place(String id) {
      return Mono.just(id);
    }

    @Transactional
    @EmitEvent(value = "committed", phase = Phase.AFTER_COMMIT)
    @EmitEvent(value = "rolled.back", phase = Phase.AFTER_ROLLBACK)
    Mono<String> placeInTransaction(String id) {
      return Mono.just(id);
    }

    @Transactional
    @EmitEvent(value = "committed.many", phase = Phase.AFTER_COMMIT)
    Flux<Integer> many() {
      return Flux.just(1, 2, 3);
    }

    @Transactional
    @EmitEvent(value = "committed", phase = Phase.AFTER_COMMIT, on = Outcome.COMPLETION)
    @EmitEvent(
        value = "failed.and.rolled.back",
        phase = Phase.AFTER_ROLLBACK,
        on = Outcome.COMPLETION)
    Mono<String> failInTransaction() {
      return Mono.error(new IllegalStateException("no"));
    }

    @Transactional
    @EmitEvent(value = "cancelled", phase = Phase.AFTER_ROLLBACK, on = Outcome.FAILURE)
    Mono<String> neverEnds() {
      return Mono.never();
    }

    @EmitEvent(
        value = "committed",
        phase = Phase.AFTER_COMMIT,
        withoutTransaction = WithoutTransaction.SKIP)
    Mono<Void> skipping() {
      return Mono.empty();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement(proxyTargetClass = true)
  static class Transactions {}

  /** Transactions of nothing. */
  private static final class FakeTransactions extends AbstractReactiveTransactionManager {

    private static final long serialVersionUID = 1;

    private final transient List<String> steps = new CopyOnWriteArrayList<>();
    private volatile boolean failCommit;

    @Override
    protected Object doGetTransaction(TransactionSynchronizationManager manager) {
      return this;
    }

    @Override
    protected Mono<Void> doBegin(
        TransactionSynchronizationManager manager,
        Object transaction,
        TransactionDefinition definition) {
      return Mono.fromRunnable(() -> steps.add("begin"));
    }

    @Override
    protected Mono<Void> doCommit(
        TransactionSynchronizationManager manager, GenericReactiveTransaction status) {
      return Mono.fromRunnable(
          () -> {
            if (failCommit) {
              throw new IllegalStateException("no commit");
            }
            steps.add("commit");
          });
    }

    @Override
    protected Mono<Void> doRollback(
        TransactionSynchronizationManager manager, GenericReactiveTransaction status) {
      return Mono.fromRunnable(() -> steps.add("rollback"));
    }
  }
}
