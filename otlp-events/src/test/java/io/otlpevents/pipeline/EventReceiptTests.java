package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.DeliveryReport;
import io.otlpevents.DeliveryReport.Outcome;
import io.otlpevents.DeliveryStatus;
import io.otlpevents.Durability;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventReceipt;
import io.otlpevents.TooManyReceiptsException;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.encode.EventSelection;
import io.otlpevents.journal.DiskSettings;
import io.otlpevents.journal.FsyncPolicy;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.RefusalReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventReceiptTests {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final DeliverySettings QUICK =
      DeliverySettings.defaults().toBuilder()
          .maxDelay(Duration.ofMillis(5))
          .backoff(Duration.ofMillis(2), Duration.ofMillis(20))
          .build();
  private static final ScriptedDestination.Script SILENT = (attempt, records, done) -> {};

  @TempDir Path directory;

  private final ScriptedDestination destination = new ScriptedDestination("test");
  private final List<EventPipeline> started = new ArrayList<>();

  @AfterEach
  void closePipelines() {
    started.forEach(pipeline -> pipeline.close(Duration.ZERO));
  }

  @Test
  void tellsThatAnEventWasDelivered() throws Exception {
    EventReceipt receipt = event(start(memory()), 1).emitForReceipt();
    assertThat(receipt.result()).isEqualTo(EmitResult.ACCEPTED);
    DeliveryReport report = get(receipt.delivered());
    assertThat(report.isDelivered()).isTrue();
    assertThat(report.destinations())
        .isEqualTo(Map.of("test", new Outcome(DeliveryStatus.DELIVERED, null)));
    assertThat(destination.delivered).hasSize(1);
  }

  @Test
  void tellsThatItWasDeliveredOnlyAfterTheReceiverSaidSo() throws Exception {
    destination.script =
        (attempt, records, done) ->
            done.accept(
                attempt < 4 ? ScriptedDestination.retry() : ScriptedDestination.delivered());
    EventReceipt receipt = event(start(memory()), 1).emitForReceipt();
    assertThat(get(receipt.delivered()).isDelivered()).isTrue();
    assertThat(destination.attempts()).isEqualTo(4);
  }

  @Test
  void tellsTheReasonOfARefusal() throws Exception {
    destination.script =
        (attempt, records, done) ->
            done.accept(new DeliveryOutcome.Refused(RefusalReason.INVALID_REQUEST, "no"));
    EventReceipt receipt = event(start(memory()), 1).emitForReceipt();
    DeliveryReport report = get(receipt.delivered());
    assertThat(report.isDelivered()).isFalse();
    assertThat(report.destinations())
        .isEqualTo(Map.of("test", new Outcome(DeliveryStatus.REFUSED, "INVALID_REQUEST")));
  }

  @Test
  void isUncertainWhereTheReceiverDoesNotSayWhichEventItRejected() throws Exception {
    destination.script =
        (attempt, records, done) -> {
          int rejected = records.size() == 1 ? 1 : records.size() / 2;
          done.accept(new DeliveryOutcome.PartiallyDelivered(rejected, "some"));
        };
    EventPipeline pipeline =
        start(memory(), QUICK.toBuilder().maxDelay(Duration.ofHours(1)).build());
    EventReceipt first = event(pipeline, 1).emitForReceipt();
    EventReceipt second = event(pipeline, 2).emitForReceipt();
    pipeline.flush(LONG);
    for (EventReceipt receipt : List.of(first, second)) {
      assertThat(status(receipt)).isEqualTo(DeliveryStatus.UNCERTAIN);
    }
    EventReceipt alone = event(pipeline, 3).emitForReceipt();
    pipeline.flush(LONG);
    assertThat(get(alone.delivered()).destinations())
        .isEqualTo(Map.of("test", new Outcome(DeliveryStatus.REFUSED, "PARTIAL_SUCCESS")));
  }

  @Test
  void tellsTheEventsOfASplitBatchApart() throws Exception {
    destination.script =
        (attempt, records, done) ->
            done.accept(
                records.size() == 1 && number(records.get(0)) != 13
                    ? ScriptedDestination.delivered()
                    : new DeliveryOutcome.Refused(RefusalReason.TOO_LARGE, "smaller, please"));
    EventPipeline pipeline =
        start(memory(), QUICK.toBuilder().maxDelay(Duration.ofHours(1)).build());
    List<EventReceipt> receipts = new ArrayList<>();
    for (int i = 0; i < 23; i++) {
      receipts.add(event(pipeline, i).emitForReceipt());
    }
    pipeline.flush(LONG);
    for (int i = 0; i < 23; i++) {
      assertThat(status(receipts.get(i)))
          .as("event %d", i)
          .isEqualTo(i == 13 ? DeliveryStatus.REFUSED : DeliveryStatus.DELIVERED);
    }
  }

  @Test
  void waitsForEveryDestinationAndTellsThemApart() throws Exception {
    ScriptedDestination other = new ScriptedDestination("other");
    AtomicReference<java.util.function.Consumer<DeliveryOutcome>> answer = new AtomicReference<>();
    other.script = (attempt, records, done) -> answer.set(done);
    EventSelection audits =
        EventSelection.of(List.of("audit.*"), List.of(), Severity.UNDEFINED_SEVERITY_NUMBER);
    EventPipeline pipeline =
        started(
            EventPipeline.builder()
                .delivery(QUICK)
                .destination(destination)
                .destination(new ScriptedDestination("audits"), QUICK, audits::admits)
                .destination(other)
                .build());
    EventReceipt receipt = event(pipeline, 1).emitForReceipt();
    await().until(() -> answer.get() != null && destination.delivered.size() == 1);
    assertThat(receipt.delivered().toCompletableFuture()).isNotDone();
    answer.get().accept(ScriptedDestination.delivered());
    DeliveryReport report = get(receipt.delivered());
    assertThat(report.destinations())
        .isEqualTo(
            Map.of(
                "test", new Outcome(DeliveryStatus.DELIVERED, null),
                "other", new Outcome(DeliveryStatus.DELIVERED, null),
                "audits", new Outcome(DeliveryStatus.FILTERED, null)));
    assertThat(report.isDelivered()).isTrue();
  }

  @Test
  void tellsThatAnEventWasGivenUpForOthers() throws Exception {
    destination.script = SILENT;
    EventPipeline pipeline =
        start(
            new JournalSettings(256 * 1024, 64 * 1024, 16 * 1024, OverflowPolicy.DROP_OLDEST, LONG),
            QUICK.toBuilder().maxInFlight(1).maxBatchSize(4096).build());
    List<EventReceipt> receipts = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      receipts.add(event(pipeline, i).emitForReceipt());
    }
    await().until(() -> account(pipeline).evicted().getOrDefault(EvictionReason.OVERFLOW, 0L) > 0);
    pipeline.close(Duration.ZERO);
    Map<String, Long> reasons = new java.util.TreeMap<>();
    for (EventReceipt receipt : receipts) {
      if (receipt.result().isAccepted()) {
        Outcome outcome = get(receipt.delivered()).destinations().get("test");
        assertThat(outcome.status()).isEqualTo(DeliveryStatus.EVICTED);
        reasons.merge(String.valueOf(outcome.reason()), 1L, Long::sum);
      }
    }
    assertThat(reasons).containsOnlyKeys("OVERFLOW", "CLOSED");
    assertThat(reasons.get("OVERFLOW"))
        .isEqualTo(account(pipeline).evicted().get(EvictionReason.OVERFLOW));
    assertThat(reasons.get("CLOSED"))
        .isEqualTo(account(pipeline).evicted().get(EvictionReason.CLOSED));
  }

  @Test
  void tellsAtOnceThatAnEventWasNotAccepted() {
    EventPipeline pipeline =
        started(
            EventPipeline.builder()
                .minimumSeverity(Severity.WARN)
                .delivery(QUICK)
                .maxReceipts(1)
                .destination(destination)
                .build());
    for (int i = 0; i < 3; i++) {
      assertRefused(event(pipeline, 1).emitForReceipt(), EmitResult.FILTERED);
    }
    EventBuilder spent = event(pipeline, 1).severity(Severity.ERROR);
    spent.emit();
    assertRefused(spent.emitForReceipt(), EmitResult.INVALID);
    pipeline.close(Duration.ZERO);
    assertRefused(event(pipeline, 1).severity(Severity.ERROR).emitForReceipt(), EmitResult.CLOSED);
  }

  private static void assertRefused(EventReceipt receipt, EmitResult result) {
    assertThat(receipt.result()).isEqualTo(result);
    assertThat(receipt.durable().toCompletableFuture())
        .isCompletedWithValue(Durability.NOT_ACCEPTED);
    assertThat(receipt.delivered().toCompletableFuture())
        .isCompletedWithValue(new DeliveryReport(result, Map.of()));
  }

  @Test
  void neverCallsMemoryDurable() throws Exception {
    EventReceipt receipt = event(start(memory()), 1).emitForReceipt();
    assertThat(get(receipt.durable())).isEqualTo(Durability.MEMORY_ONLY);
  }

  @ParameterizedTest
  @EnumSource(FsyncPolicy.class)
  void tellsThatTheDeviceHasIt(FsyncPolicy policy) throws Exception {
    destination.script = SILENT;
    EventPipeline pipeline = start(disk(policy));
    EventReceipt receipt = event(pipeline, 1).emitForReceipt();
    assertThat(get(receipt.durable())).isEqualTo(Durability.SYNCED);
    assertThat(receipt.durable() == receipt.durable()).isTrue();
    assertThat(receipt.delivered().toCompletableFuture()).isNotDone();
  }

  @Test
  void whatIsLeftAtTheEndIsEvictedFromMemoryAndKeptOnDisk() throws Exception {
    destination.script = SILENT;
    EventPipeline memory = start(memory());
    EventReceipt lost = event(memory, 1).emitForReceipt();
    memory.close(Duration.ZERO);
    assertThat(get(lost.delivered()).destinations())
        .isEqualTo(Map.of("test", new Outcome(DeliveryStatus.EVICTED, "CLOSED")));

    EventPipeline disk = start(disk(FsyncPolicy.OS));
    EventReceipt kept = event(disk, 2).emitForReceipt();
    disk.close(Duration.ZERO);
    assertThat(status(kept)).isEqualTo(DeliveryStatus.KEPT);
    assertThat(get(kept.durable())).isEqualTo(Durability.UNSYNCED);

    destination.script = ScriptedDestination.DELIVER;
    assertThat(start(disk(FsyncPolicy.OS)).flush(LONG).complete()).isTrue();
    assertThat(destination.delivered.stream().map(EventReceiptTests::number)).containsExactly(2L);
  }

  @Test
  void tenThousandReceiptsAtOnceAreAllTold() throws Exception {
    EventPipeline pipeline = start(disk(FsyncPolicy.OS));
    List<EventReceipt> receipts = Collections.synchronizedList(new ArrayList<>());
    List<CompletionStage<Durability>> durable = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 2500; i++) {
                  EventReceipt receipt = event(pipeline, i).emitForReceipt();
                  durable.add(receipt.durable());
                  receipts.add(receipt);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(receipts).hasSize(10_000);
    for (EventReceipt receipt : receipts) {
      assertThat(get(receipt.delivered()).isDelivered()).isTrue();
    }
    for (CompletionStage<Durability> stage : durable) {
      assertThat(get(stage)).isIn(Durability.SYNCED, Durability.RELEASED);
    }
  }

  @Test
  void refusesToFollowMoreThanTheLimitAndEmitsAllTheSame() throws Exception {
    destination.script = SILENT;
    EventPipeline pipeline =
        started(
            EventPipeline.builder()
                .delivery(QUICK.toBuilder().attemptTimeout(Duration.ofMillis(20)).build())
                .maxReceipts(2)
                .destination(destination)
                .build());
    List<EventReceipt> receipts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      receipts.add(event(pipeline, i).emitForReceipt());
    }
    assertThat(receipts.get(2).result()).isEqualTo(EmitResult.ACCEPTED);
    for (CompletionStage<?> stage :
        List.of(receipts.get(2).durable(), receipts.get(2).delivered())) {
      assertThatThrownBy(() -> get(stage))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(TooManyReceiptsException.class);
    }
    destination.script = ScriptedDestination.DELIVER;
    assertThat(status(receipts.get(0))).isEqualTo(DeliveryStatus.DELIVERED);
    assertThat(status(receipts.get(1))).isEqualTo(DeliveryStatus.DELIVERED);
    assertThat(status(event(pipeline, 3).emitForReceipt())).isEqualTo(DeliveryStatus.DELIVERED);
  }

  @Test
  void whatIsAttachedMayThrowOrBlockAndDeliveryGoesOn() throws Exception {
    EventPipeline pipeline = start(memory());
    CountDownLatch goOn = new CountDownLatch(1);
    List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    destination.script = SILENT;
    List<EventReceipt> receipts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      EventReceipt receipt = event(pipeline, i).emitForReceipt();
      receipt
          .delivered()
          .thenAccept(
              report -> {
                threads.add(Thread.currentThread());
                waitFor(goOn);
                throw new IllegalStateException("a caller's mistake");
              });
      receipts.add(receipt);
    }
    await().until(() -> destination.attempts() > 0);
    pipeline.close(Duration.ZERO);
    EventPipeline next = start(memory());
    destination.script = ScriptedDestination.DELIVER;
    event(next, 1).emitForReceipt().delivered().thenAccept(report -> waitFor(goOn));
    for (int i = 0; i < 1000; i++) {
      event(next, i).emitForReceipt().delivered().thenAccept(report -> waitFor(goOn));
    }
    assertThat(next.flush(LONG).complete()).isTrue();
    assertThat(destination.delivered).hasSize(1001);
    goOn.countDown();
    for (EventReceipt receipt : receipts) {
      assertThat(status(receipt)).isEqualTo(DeliveryStatus.EVICTED);
    }
    assertThat(threads)
        .allMatch(
            thread ->
                thread == Thread.currentThread()
                    || thread.getName().equals("otlp-events-receipts"));
  }

  @Test
  void receiptsSayTheSameAsTheLedgerWhateverHappens() throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20; round++) {
      SplittableRandom moods = random.split();
      ScriptedDestination moody = new ScriptedDestination("test");
      moody.script =
          (attempt, records, done) -> {
            switch (moods.nextInt(5)) {
              case 0 -> done.accept(ScriptedDestination.retry());
              case 1 ->
                  done.accept(
                      new DeliveryOutcome.Refused(RefusalReason.values()[moods.nextInt(7)], ""));
              case 2 -> {} // no answer
              default -> done.accept(ScriptedDestination.delivered());
            }
          };
      OverflowPolicy overflow = OverflowPolicy.values()[random.nextInt(3)];
      EventPipeline pipeline =
          started(
              EventPipeline.builder()
                  .delivery(
                      QUICK.toBuilder()
                          .maxBatchSize(4096)
                          .maxInFlight(1 + random.nextInt(4))
                          .attemptTimeout(Duration.ofMillis(20))
                          .bisectRefused(random.nextBoolean())
                          .build())
                  .journal(
                      new JournalSettings(
                          256 * 1024, 64 * 1024, 16 * 1024, overflow, Duration.ofMillis(50)))
                  .destination(
                      moody,
                      QUICK.toBuilder()
                          .maxBatchSize(4096)
                          .attemptTimeout(Duration.ofMillis(20))
                          .build(),
                      EventSelection.of(
                              List.of(), List.of("b.*"), Severity.UNDEFINED_SEVERITY_NUMBER)
                          ::admits)
                  .build());
      List<EventReceipt> receipts = new ArrayList<>();
      int events = 1 + random.nextInt(3000);
      for (int i = 0; i < events; i++) {
        String name = random.nextInt(4) == 0 ? "b.event" : "a.event";
        receipts.add(pipeline.emitter().event(name).attribute("n", i).emitForReceipt());
      }
      pipeline.close(Duration.ofMillis(random.nextInt(100)));
      Map<DeliveryStatus, Long> told = new EnumMap<>(DeliveryStatus.class);
      for (EventReceipt receipt : receipts) {
        if (receipt.result().isAccepted()) {
          told.merge(status(receipt), 1L, Long::sum);
        }
      }
      DestinationAccount.Snapshot account = account(pipeline);
      String state = "seed " + seed + " round " + round + " " + account;
      assertThat(told.getOrDefault(DeliveryStatus.DELIVERED, 0L))
          .as(state)
          .isEqualTo(account.delivered());
      assertThat(told.getOrDefault(DeliveryStatus.REFUSED, 0L))
          .as(state)
          .isEqualTo(account.refused().values().stream().mapToLong(Long::longValue).sum());
      assertThat(told.getOrDefault(DeliveryStatus.EVICTED, 0L))
          .as(state)
          .isEqualTo(account.evicted().values().stream().mapToLong(Long::longValue).sum());
      assertThat(told.getOrDefault(DeliveryStatus.FILTERED, 0L))
          .as(state)
          .isEqualTo(account.filtered());
    }
  }

  private EventPipeline start(JournalSettings journal) {
    return start(journal, QUICK);
  }

  private EventPipeline start(JournalSettings journal, DeliverySettings delivery) {
    return started(
        EventPipeline.builder()
            .delivery(delivery)
            .journal(journal)
            .destination(destination)
            .build());
  }

  private EventPipeline started(EventPipeline pipeline) {
    started.add(pipeline);
    return pipeline;
  }

  private static JournalSettings memory() {
    return JournalSettings.defaults();
  }

  private JournalSettings disk(FsyncPolicy policy) {
    return JournalSettings.onDisk(DiskSettings.in(directory).withFsync(policy))
        .withOverflow(OverflowPolicy.BLOCK)
        .withMaxBlock(LONG);
  }

  private static EventBuilder event(EventPipeline pipeline, int number) {
    return pipeline.emitter().event("numbered").attribute("n", number);
  }

  private static DestinationAccount.Snapshot account(EventPipeline pipeline) {
    return pipeline.ledger().snapshot().destinations().values().iterator().next();
  }

  private static long number(LogRecord record) {
    return record.getAttributes(0).getValue().getIntValue();
  }

  private static DeliveryStatus status(EventReceipt receipt) throws Exception {
    return get(receipt.delivered()).destinations().get("test").status();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
