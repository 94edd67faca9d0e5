package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.FlushResult;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliveryOutcome.Refused;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.otlp.ScriptedReceiver.Answer;
import io.otlpevents.pipeline.EventPipeline;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What every OTLP destination does, against a real receiver. */
abstract class DestinationContract {

  private static final Duration LONG = Duration.ofSeconds(60);

  private ScriptedReceiver receiver;
  private EventPipeline pipeline;

  abstract ScriptedReceiver receiver() throws IOException;

  abstract Destination destination(OtlpSettings settings);

  @BeforeEach
  void start() throws IOException {
    receiver = receiver();
    pipeline = pipeline(OtlpSettings.builder(receiver.endpoint()));
  }

  @AfterEach
  void stop() throws IOException {
    assertThat(pipeline.ledger().snapshot().isBalanced()).isTrue();
    pipeline.close(Duration.ZERO);
    receiver.close();
  }

  @Test
  void deliversEventsWithTheirResourceAndScope() {
    emit(100);
    assertThat(pipeline.flush(LONG)).isEqualTo(new FlushResult(true, 0));
    assertThat(records()).isEqualTo(100);
    assertThat(account().delivered()).isEqualTo(100);
    var logs = receiver.received.get(0).request().getResourceLogs(0);
    assertThat(logs.getResource().getAttributes(0).getKey()).isEqualTo("service.name");
    assertThat(logs.getResource().getAttributes(0).getValue().getStringValue()).isEqualTo("shop");
    assertThat(logs.getSchemaUrl()).isEqualTo("https://opentelemetry.io/schemas/1.44.0");
    assertThat(logs.getScopeLogs(0).getScope().getName()).isEqualTo("shop.events");
    assertThat(logs.getScopeLogs(0).getScope().getVersion()).isEqualTo("1.2");
  }

  @Test
  void deliversAGreatRequest() {
    for (int i = 0; i < 20; i++) {
      pipeline.emitter().event("big").attribute("text", "x".repeat(100_000)).emit();
    }
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(records()).isEqualTo(20);
    assertThat(receiver.received).hasSizeLessThan(10);
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void compressesAndSendsHeaders(OtlpCompression compression) {
    pipeline.close(Duration.ZERO);
    pipeline =
        pipeline(
            OtlpSettings.builder(receiver.endpoint())
                .compression(compression)
                .headers(Map.of("x-tenant", "blue")));
    emit(100);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(records()).isEqualTo(100);
    Map<String, String> headers = receiver.received.get(0).headers();
    assertThat(headers).containsEntry("x-tenant", "blue");
    assertThat(headers.values()).contains(compression.name().toLowerCase(Locale.ROOT));
  }

  @Test
  void saysWhichProductItIsUnlessToldOtherwise() {
    emit(1);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    pipeline.close(Duration.ZERO);
    pipeline =
        pipeline(OtlpSettings.builder(receiver.endpoint()).headers(Map.of("user-agent", "shop/7")));
    emit(1);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(receiver.received)
        .extracting(received -> received.headers().get("user-agent"))
        .satisfiesExactly(
            // Without a version where classes are not in a jar.
            first -> assertThat(first).matches("OTLP-Events-Exporter-Java/([0-9]\\S+|unknown)"),
            second -> assertThat(second).isEqualTo("shop/7"));
  }

  @ParameterizedTest
  @EnumSource(names = {"UNAVAILABLE", "THROTTLED"})
  void sendsAgainWhatTheSpecificationCallsRetryable(Answer answer) {
    receiver.answers.add(answer);
    receiver.answers.add(answer);
    emit(10);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(records()).isEqualTo(10);
    assertThat(account().delivered()).isEqualTo(10);
    assertThat(account().retries()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "MALFORMED, INVALID_REQUEST",
    "TOO_LARGE, TOO_LARGE",
    "UNAUTHENTICATED, UNAUTHENTICATED",
    "FORBIDDEN, PERMISSION_DENIED",
    "UNIMPLEMENTED, UNIMPLEMENTED",
    "BROKEN, OTHER"
  })
  void countsWhatTheSpecificationCallsFinal(Answer answer, RefusalReason reason) {
    // More than one each: what is too large is halved and sent again.
    for (int i = 0; i < 40; i++) {
      receiver.answers.add(answer);
    }
    emit(10);
    assertThat(pipeline.flush(LONG)).isEqualTo(new FlushResult(true, 0));
    assertThat(account().refused()).containsEntry(reason, 10L);
    assertThat(account().delivered()).isZero();
    assertThat(records()).isZero();
  }

  @Test
  void waitsAsLongAsTheReceiverAsks() {
    assumeTrue(seesDelays());
    receiver.answers.add(Answer.DELAYED);
    long start = System.nanoTime();
    emit(10);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
    assertThat(account().delivered()).isEqualTo(10);
  }

  @Test
  void asksForATokenForEachRequestAndWaitsWhileThereIsNone() {
    pipeline.close(Duration.ZERO);
    AtomicInteger calls = new AtomicInteger();
    pipeline =
        pipeline(
            OtlpSettings.builder(receiver.endpoint())
                .headers(Map.of("Authorization", "Bearer old", "x-tenant", "blue"))
                .headerSupplier(
                    () ->
                        switch (calls.incrementAndGet()) {
                          case 1 -> throw new IllegalStateException("canary-secret");
                          case 2 -> Map.of("authorization", "two\nlines");
                          default -> Map.of("authorization", "Bearer new" + calls.get());
                        }));
    emit(1);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    emit(1);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(account().retries()).isEqualTo(2);
    assertThat(receiver.received)
        .extracting(received -> received.headers().get("authorization"))
        .containsExactly("Bearer new3", "Bearer new4");
    assertThat(receiver.received.get(0).headers()).containsEntry("x-tenant", "blue");
  }

  @Test
  void repeatsNoSecretThatTheReceiverRepeats() throws Exception {
    receiver.answers.add(Answer.INDISCREET);
    CompletableFuture<DeliveryOutcome> outcome = new CompletableFuture<>();
    Destination real =
        destination(
            OtlpSettings.builder(receiver.endpoint())
                .headers(Map.of("authorization", "Bearer canary"))
                .build());
    pipeline.close(Duration.ZERO);
    pipeline = pipeline(new Eavesdropper(real, outcome));
    emit(1);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(outcome.get()).isInstanceOf(Refused.class).asString().doesNotContain("canary");
  }

  @Test
  void countsThePartThatWasRejectedAndSendsNothingAgain() {
    receiver.answers.add(Answer.PARTIAL);
    pipeline.emitter().event("a").emit();
    pipeline.emitter().event("b").emit();
    assertThat(pipeline.flush(LONG)).isEqualTo(new FlushResult(true, 0));
    assertThat(account().refused().get(RefusalReason.PARTIAL_SUCCESS)).isPositive();
    assertThat(account().retries()).isZero();
    assertThat(records()).isEqualTo(2);
  }

  @Test
  void takesASuccessWithAnUnreadableBodyAsSuccess() {
    receiver.answers.add(Answer.GARBAGE);
    emit(1);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(account().delivered()).isOne();
  }

  @Test
  void sendsAgainWhenNoAnswerComesInTime() {
    pipeline.close(Duration.ZERO);
    pipeline = pipeline(OtlpSettings.builder(receiver.endpoint()).timeout(Duration.ofMillis(500)));
    receiver.answers.add(Answer.NEVER);
    emit(10);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(records()).isEqualTo(10);
    assertThat(account().retries()).isPositive();
  }

  @Test
  void keepsEventsWhileNobodyListens() throws IOException {
    pipeline.close(Duration.ZERO);
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    pipeline = pipeline(OtlpSettings.builder(URI.create("http://127.0.0.1:" + port)));
    emit(10);
    await().until(() -> account().retries() > 2);
    assertThat(account().pending()).isEqualTo(10);
    assertThat(account().refusedTotal()).isZero();
  }

  /** Whether the transport shows what a receiver says beside its status. */
  boolean seesDelays() {
    return true;
  }

  @Test
  void takesEverythingAsDeliveredThatOnlyCameWithAWarning() {
    receiver.answers.add(Answer.WARNED);
    emit(3);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(account().delivered()).isEqualTo(3);
    assertThat(account().refusedTotal()).isZero();
    assertThat(account().retries()).isZero();
    assertThat(records()).isEqualTo(3);
  }

  private EventPipeline pipeline(OtlpSettings.Builder settings) {
    return pipeline(destination(settings.build()));
  }

  private EventPipeline pipeline(Destination destination) {
    return EventPipeline.builder()
        .resource(
            Resource.create(
                Attributes.builder().put("service.name", "shop").build(),
                "https://opentelemetry.io/schemas/1.44.0"))
        .scope("shop.events", "1.2")
        .delivery(
            DeliverySettings.defaults().toBuilder()
                .maxDelay(Duration.ofMillis(50))
                .backoff(Duration.ofMillis(5), Duration.ofMillis(50))
                .build())
        .destination(destination)
        .build();
  }

  private void emit(int count) {
    for (int i = 0; i < count; i++) {
      pipeline.emitter().event("numbered").attribute("n", i).emit();
    }
  }

  private int records() {
    return receiver.received.stream()
        .flatMap(received -> received.request().getResourceLogsList().stream())
        .flatMap(resource -> resource.getScopeLogsList().stream())
        .mapToInt(scope -> scope.getLogRecordsCount())
        .sum();
  }

  private DestinationAccount.Snapshot account() {
    return pipeline.ledger().snapshot().destinations().get("otlp");
  }

  /** Hears the first outcome. */
  private record Eavesdropper(Destination real, CompletableFuture<DeliveryOutcome> outcome)
      implements Destination {

    @Override
    public String name() {
      return real.name();
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      real.send(
          batch,
          heard -> {
            outcome.complete(heard);
            done.accept(heard);
          });
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
