package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EmitEvent.Outcome;
import io.otlpevents.annotation.EmitEvent.Phase;
import io.otlpevents.annotation.EmitEvent.WithoutTransaction;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

class TransactionPhaseTests {

  private static final ContextKey<String> MARK = ContextKey.named("mark");

  private final RecordingEmitter emitter = new RecordingEmitter();
  private final FakeTransactions transactions = new FakeTransactions();
  private final TransactionTemplate template = new TransactionTemplate(transactions);
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(AopAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
          .withBean("recordingEmitter", RecordingEmitter.class, () -> emitter);
  private final ApplicationContextRunner withTransactions =
      runner
          .withUserConfiguration(Transactions.class)
          .withBean(PlatformTransactionManager.class, () -> transactions)
          .withBean(Service.class);

  private void run(Consumer<Service> test) {
    withTransactions.run(context -> test.accept(context.getBean(Service.class)));
  }

  private List<String> emitted() {
    return emitter.events.stream().map(e -> e.name).toList();
  }

  @Test
  void waitsForTheCommitOfTheCallersTransaction() {
    run(
        service -> {
          template.executeWithoutResult(
              status -> {
                service.place("o-1");
                assertThat(emitted()).isEmpty();
              });
          assertThat(emitted()).containsExactly("committed");
          assertThat(transactions.steps).containsExactly("begin", "commit");
        });
  }

  @Test
  void tellsOfARollbackInstead() {
    run(
        service -> {
          template.executeWithoutResult(
              status -> {
                service.place("o-1");
                status.setRollbackOnly();
              });
          assertThat(emitted()).containsExactly("rolled.back");
        });
  }

  @Test
  void seesTheTransactionThatTheMethodItselfBegins() {
    run(
        service -> {
          service.placeInTransaction("o-1");
          assertThat(emitted()).containsExactly("committed");
        });
  }

  @Test
  void isNotDeceivedByAMethodThatReturnsFromARollback() {
    run(
        service -> {
          service.placeAndRollBack("o-1");
          assertThat(emitted()).containsExactly("rolled.back");
        });
  }

  @Test
  void isNotDeceivedByACommitThatFails() {
    run(
        service -> {
          transactions.failCommit = true;
          assertThatThrownBy(() -> service.placeInTransaction("o-1"))
              .isInstanceOf(UnexpectedRollbackException.class);
          assertThat(emitted()).containsExactly("rolled.back");
        });
  }

  @Test
  void reportsAFailureThatRollsBack() {
    run(
        service -> {
          assertThatThrownBy(() -> service.failInTransaction(new IllegalStateException("no")))
              .hasMessage("no");
          assertThat(emitted()).containsExactly("failed.and.rolled.back");
          assertThat(emitter.single().exception).hasMessage("no");
        });
  }

  @Test
  void withoutATransactionItEmitsAtOnceOrNotAtAll() {
    run(
        service -> {
          service.place("o-1");
          assertThat(emitted()).containsExactly("committed", "rolled.back");
          emitter.events.clear();
          service.skipping();
          assertThat(emitted()).isEmpty();
        });
  }

  @Test
  void keepsTheTraceAndTheValuesOfTheCall() {
    run(
        service -> {
          template.executeWithoutResult(
              status -> {
                try (Scope scope = Context.current().with(MARK, "call").makeCurrent()) {
                  service.place("o-1");
                }
              });
          Context context = emitter.single().context;
          assertThat(context == null ? null : context.get(MARK)).isEqualTo("call");
          assertThat(emitter.single().attributes).containsEntry("id", "o-1");
        });
  }

  @Test
  void anEmitterThatThrowsDoesNotHarmTheTransaction() {
    run(
        service -> {
          emitter.failure = new StackOverflowError("deep");
          service.placeInTransaction("o-1");
          assertThat(transactions.steps).containsExactly("begin", "commit");
        });
  }

  @Test
  void withoutATransactionManagerTheApplicationDoesNotStart() {
    runner.withBean(Service.class).run(context -> assertMissing(context.getStartupFailure()));
  }

  private static void assertMissing(Throwable failure) {
    assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
        .isInstanceOf(InvalidEmitEventException.class)
        .hasMessageContaining("phase = AFTER_")
        .hasMessageContaining("no transaction manager");
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  static class Transactions {}

  static class Service {

    @EmitEvent(value = "committed", phase = Phase.AFTER_COMMIT, attributes = "id=#id")
    @EmitEvent(value = "rolled.back", phase = Phase.AFTER_ROLLBACK)
    void place(String id) {}

    @Transactional
    @EmitEvent(value = "committed", phase = Phase.AFTER_COMMIT)
    @EmitEvent(value = "rolled.back", phase = Phase.AFTER_ROLLBACK)
    void placeInTransaction(String id) {}

    @Transactional
    @EmitEvent(value = "committed", phase = Phase.AFTER_COMMIT)
    @EmitEvent(value = "rolled.back", phase = Phase.AFTER_ROLLBACK)
    void placeAndRollBack(String id) {
      TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
    }

    @Transactional
    @EmitEvent(value = "failed.and.committed", on = Outcome.FAILURE, phase = Phase.AFTER_COMMIT)
    @EmitEvent(value = "failed.and.rolled.back", on = Outcome.FAILURE, phase = Phase.AFTER_ROLLBACK)
    void failInTransaction(RuntimeException failure) {
      throw failure;
    }

    @EmitEvent(
        value = "skipped",
        phase = Phase.AFTER_COMMIT,
        withoutTransaction = WithoutTransaction.SKIP)
    void skipping() {}
  }

  private static final class FakeTransactions extends AbstractPlatformTransactionManager {

    private static final long serialVersionUID = 1;

    private final transient List<String> steps = new ArrayList<>();
    private boolean failCommit;
    private boolean active;

    @Override
    protected Object doGetTransaction() {
      return steps;
    }

    @Override
    protected boolean isExistingTransaction(Object transaction) {
      return active;
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
      steps.add("begin");
      active = true;
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
      if (failCommit) {
        throw new UnexpectedRollbackException("commit failed");
      }
      steps.add("commit");
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
      steps.add("rollback");
    }

    @Override
    protected void doCleanupAfterCompletion(Object transaction) {
      active = false;
    }
  }
}
