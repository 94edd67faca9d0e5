package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.otlpevents.EventBuilder;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.SimpleTransactionStatus;

class TransactionOrderTests {

  @Test
  void emitsAfterTheCommit() {
    run(
        (service, steps) -> {
          service.place(steps, false);
          assertThat(steps).containsExactly("begin", "work", "commit", "emit order.placed");
        });
  }

  @Test
  void emitsAFailureAfterTheRollback() {
    run(
        (service, steps) -> {
          assertThatThrownBy(() -> service.place(steps, true)).hasMessage("no");
          assertThat(steps).containsExactly("begin", "work", "rollback", "emit order.placed");
        });
  }

  private static void run(BiConsumer<Service, List<String>> test) {
    List<String> steps = new ArrayList<>();
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration.class))
        .withUserConfiguration(Transactions.class)
        .withBean(Service.class)
        .withBean(PlatformTransactionManager.class, () -> new FakeTransactions(steps))
        .withBean("emitter", RecordingEmitter.class, () -> new StepEmitter(steps))
        .run(context -> test.accept(context.getBean(Service.class), steps));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  static class Transactions {}

  static class Service {

    @Transactional
    @EmitEvent(value = "order.placed", on = EmitEvent.Outcome.COMPLETION)
    void place(List<String> steps, boolean fail) {
      steps.add("work");
      if (fail) {
        throw new IllegalStateException("no");
      }
    }
  }

  private static final class StepEmitter extends RecordingEmitter {

    private final List<String> steps;

    StepEmitter(List<String> steps) {
      this.steps = steps;
    }

    @Override
    public EventBuilder event(String name) {
      steps.add("emit " + name);
      return super.event(name);
    }
  }

  private record FakeTransactions(List<String> steps) implements PlatformTransactionManager {

    @Override
    public TransactionStatus getTransaction(@Nullable TransactionDefinition definition) {
      steps.add("begin");
      return new SimpleTransactionStatus();
    }

    @Override
    public void commit(TransactionStatus status) {
      steps.add("commit");
    }

    @Override
    public void rollback(TransactionStatus status) {
      steps.add("rollback");
    }
  }
}
