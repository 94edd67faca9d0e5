package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.DeliveryReport;
import io.otlpevents.Durability;
import io.otlpevents.EmitResult;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventReceipt;
import io.otlpevents.delivery.Destination;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class EventReceiptBeanTests {

  @TempDir Path directory;

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration.class))
          .withBean(Destination.class, FakeDestination::answering);

  @Test
  void theEmitterBeanGivesReceipts() {
    runner
        .withPropertyValues("otlp.events.journal.directory=" + directory.resolve("journal"))
        .run(
            context -> {
              EventReceipt receipt =
                  context.getBean(EventEmitter.class).event("audit.login").emitForReceipt();
              assertThat(receipt.durable().toCompletableFuture().get(60, TimeUnit.SECONDS))
                  .isIn(Durability.SYNCED, Durability.RELEASED);
              assertThat(
                      receipt
                          .delivered()
                          .toCompletableFuture()
                          .get(60, TimeUnit.SECONDS)
                          .isDelivered())
                  .isTrue();
            });
  }

  @Test
  void theEmitterOfSwitchedOffEventsSaysThatItAcceptedNothing() {
    runner
        .withPropertyValues("otlp.events.enabled=false")
        .run(
            context -> {
              EventReceipt receipt =
                  context.getBean(EventEmitter.class).event("audit.login").emitForReceipt();
              assertThat(receipt.durable().toCompletableFuture())
                  .isCompletedWithValue(Durability.NOT_ACCEPTED);
              assertThat(receipt.delivered().toCompletableFuture())
                  .isCompletedWithValue(new DeliveryReport(EmitResult.FILTERED, Map.of()));
            });
  }
}
