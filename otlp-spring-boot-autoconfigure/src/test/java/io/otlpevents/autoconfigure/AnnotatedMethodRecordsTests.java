package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.EventEmitter;
import io.otlpevents.PayloadMode;
import io.otlpevents.Sensitivity;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EmitEvent.Outcome;
import io.otlpevents.annotation.EmitEvent.Phase;
import io.otlpevents.annotation.EventAttribute;
import io.otlpevents.annotation.Sensitive;
import io.otlpevents.delivery.Destination;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** What annotated methods leave at the destination. */
class AnnotatedMethodRecordsTests {

  private static final String CANARY = "c4n4ry-s3cret";
  private static final String HASH_SECRET = "0123456789abcdef0123456789abcdef";

  private final FakeDestination destination = FakeDestination.answering();
  private final NoTransactions transactions = new NoTransactions();

  private void run(Consumer<Service> test, String... properties) {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration.class))
        .withBean(Destination.class, () -> destination)
        .withBean(PlatformTransactionManager.class, () -> transactions)
        .withBean(Service.class)
        .withPropertyValues(properties)
        .run(
            context -> {
              test.accept(context.getBean(Service.class));
              context.getBean(EventEmitter.class).flush(Duration.ofSeconds(30));
            });
  }

  private LogRecord single() {
    assertThat(destination.events()).hasSize(1);
    return destination.events().get(0);
  }

  private Map<String, String> attributes() {
    return FakeDestination.texts(single().getAttributesList());
  }

  @Test
  void nothingSensitiveArrivesAndHashesAreOfTheConfiguredSecret() throws Exception {
    run(
        service -> service.charge(new Card("visa", CANARY, CANARY, CANARY), CANARY),
        "otlp.events.redaction.hash-secret=" + HASH_SECRET);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(HASH_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String hash = HexFormat.of().formatHex(mac.doFinal(CANARY.getBytes(StandardCharsets.UTF_8)));
    assertThat(single().toString()).doesNotContain(CANARY);
    assertThat(attributes()).containsEntry("holder", hash).containsEntry("pin", "***");
    assertThat(single().getBody().getStringValue())
        .contains("\"brand\":\"visa\"")
        .contains("\"number\":\"***\"")
        .contains("\"holder\":\"" + hash + "\"")
        .doesNotContain("code");
  }

  @Test
  void withoutASecretHashesAreMasks() {
    run(service -> service.charge(new Card("visa", CANARY, CANARY, CANARY), CANARY));
    assertThat(single().toString()).doesNotContain(CANARY);
    assertThat(attributes()).containsEntry("holder", "***");
  }

  @Test
  void aFailureIsRecordedByTheSemanticConventions() {
    run(
        service ->
            assertThatThrownBy(() -> service.fail(new IllegalStateException("declined")))
                .hasMessage("declined"));
    assertThat(attributes())
        .containsEntry("error.type", "java.lang.IllegalStateException")
        .containsEntry("exception.type", "java.lang.IllegalStateException")
        .containsEntry("exception.message", "declined")
        .containsKey("exception.stacktrace");
  }

  @Test
  void aFuturesEventHasTheTimeOfTheCall() {
    CompletableFuture<String> future = new CompletableFuture<>();
    long[] called = {0};
    run(
        service -> {
          service.later(future);
          called[0] = System.currentTimeMillis();
          assertThat(destination.requests).isEmpty();
          future.complete("x");
        });
    assertThat(single().getTimeUnixNano() / 1_000_000).isLessThanOrEqualTo(called[0]);
    assertThat(single().getObservedTimeUnixNano()).isGreaterThan(single().getTimeUnixNano());
  }

  @Test
  void anEventThatWaitsForACommitHasTheValuesOfTheCall() {
    List<String> items = new ArrayList<>(List.of("early"));
    run(
        service ->
            new TransactionTemplate(transactions)
                .executeWithoutResult(
                    status -> {
                      service.place(items);
                      items.add("late");
                    }));
    assertThat(single().toString()).contains("early").doesNotContain("late");
  }

  record Card(
      String brand,
      @Sensitive String number,
      @Sensitive(Sensitivity.HASH) String holder,
      @Sensitive(Sensitivity.DROP) String code) {}

  static class Service {

    @EmitEvent(
        value = "charged",
        payload = "#card",
        payloadMode = PayloadMode.JSON_STRING,
        attributes = {"holder=#card.holder", "card=#card", "code=#card.code"})
    void charge(Card card, @Sensitive @EventAttribute String pin) {}

    @EmitEvent(value = "failed", on = Outcome.FAILURE)
    void fail(RuntimeException failure) {
      throw failure;
    }

    @EmitEvent("later")
    CompletableFuture<String> later(CompletableFuture<String> future) {
      return future;
    }

    @EmitEvent(value = "placed", phase = Phase.AFTER_COMMIT, attributes = "items=#items")
    void place(List<String> items) {}
  }

  private static final class NoTransactions extends AbstractPlatformTransactionManager {

    private static final long serialVersionUID = 1;

    @Override
    protected Object doGetTransaction() {
      return new Object();
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {}

    @Override
    protected void doCommit(DefaultTransactionStatus status) {}

    @Override
    protected void doRollback(DefaultTransactionStatus status) {}
  }
}
