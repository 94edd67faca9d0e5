package io.otlpevents.pipeline;

import static io.otlpevents.pipeline.ScriptedDestination.delivered;
import static io.otlpevents.pipeline.ScriptedDestination.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventRecord;
import io.otlpevents.FlushResult;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.DestinationStatus;
import io.otlpevents.delivery.DestinationStatus.State;
import io.otlpevents.encode.EventSelection;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.ledger.RejectReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventPipelineTests {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final DeliverySettings QUICK =
      DeliverySettings.defaults().toBuilder()
          .maxDelay(Duration.ofMillis(5))
          .backoff(Duration.ofMillis(2), Duration.ofMillis(20))
          .build();

  private final ScriptedDestination destination = new ScriptedDestination("test");
  private EventPipeline pipeline = start(QUICK, JournalSettings.defaults());

  @AfterEach
  void closePipeline() {
    pipeline.close(Duration.ZERO);
  }

  @Test
  void deliversWhatIsEmittedInOrder() {
    emit(0, 1000);
    assertThat(pipeline.flush(LONG)).isEqualTo(new FlushResult(true, 0));
    assertThat(numbers(destination.delivered)).containsExactlyElementsOf(range(0, 1000));
    assertBalanced(1000, 1000);
  }

  @Test
  void deliversWithoutBeingAskedWithinTheDelay() {
    emit(0, 1);
    await().until(() -> destination.delivered.size() == 1);
  }

  @Test
  void splitsRequestsBySize() {
    pipeline.close();
    pipeline = start(QUICK.toBuilder().maxBatchSize(4096).build(), JournalSettings.defaults());
    destination.contentLengths.clear();
    emit(0, 500);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(numbers(destination.delivered)).containsExactlyElementsOf(range(0, 500));
    assertThat(destination.contentLengths).hasSizeGreaterThan(10);
    // The resource and the scope come on top.
    assertThat(destination.contentLengths).allMatch(length -> length < 4096 + 512);
  }

  @Test
  void sendsAgainWhatCouldNotBeDeliveredAndKeepsTheOrder() {
    destination.script =
        (attempt, records, done) -> done.accept(attempt <= 5 ? retry() : delivered());
    emit(0, 100);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(numbers(destination.delivered)).containsExactlyElementsOf(range(0, 100));
    assertThat(account().retries()).isGreaterThanOrEqualTo(5);
    assertBalanced(100, 100);
  }

  @Test
  void aFlushTriesAtOnceWhateverThePauseIs() {
    pipeline.close();
    pipeline =
        start(
            QUICK.toBuilder().backoff(Duration.ofHours(1), Duration.ofHours(2)).build(),
            JournalSettings.defaults());
    destination.script =
        (attempt, records, done) -> done.accept(attempt == 1 ? retry() : delivered());
    emit(0, 10);
    await().until(() -> account().retries() == 1);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertBalanced(10, 10);
  }

  @Test
  void closeTriesAtOnceWhateverThePauseIs() {
    pipeline.close();
    pipeline =
        start(
            QUICK.toBuilder().backoff(Duration.ofHours(1), Duration.ofHours(2)).build(),
            JournalSettings.defaults());
    destination.script =
        (attempt, records, done) -> done.accept(attempt == 1 ? retry() : delivered());
    emit(0, 10);
    await().until(() -> account().retries() == 1);
    pipeline.close(LONG);
    assertBalanced(10, 10);
  }

  @Test
  void waitsAsLongAsTheReceiverAsks() {
    List<Long> times = Collections.synchronizedList(new ArrayList<>());
    Duration asked = Duration.ofMillis(300);
    destination.script =
        (attempt, records, done) -> {
          times.add(System.nanoTime());
          done.accept(attempt == 1 ? new DeliveryOutcome.Retry("slow down", asked) : delivered());
        };
    emit(0, 1);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThanOrEqualTo(asked);
  }

  @Test
  void countsARefusedBatchAndDoesNotSendItAgain() {
    destination.script =
        (attempt, records, done) ->
            done.accept(new DeliveryOutcome.Refused(RefusalReason.INVALID_REQUEST, "bad\r\nday"));
    emit(0, 10);
    assertThat(pipeline.flush(LONG)).isEqualTo(new FlushResult(true, 0));
    assertThat(account().refused()).containsEntry(RefusalReason.INVALID_REQUEST, 10L);
    assertBalanced(10, 0);
  }

  @Test
  void halvesARefusedBatchUntilOnlyTheBadEventsAreRefused() {
    pipeline.close();
    pipeline = start(QUICK.toBuilder().bisectRefused(true).build(), JournalSettings.defaults());
    Set<Long> bad = Set.of(0L, 17L, 18L, 99L);
    destination.script =
        (attempt, records, done) ->
            done.accept(
                numbers(records).stream().anyMatch(bad::contains)
                    ? new DeliveryOutcome.Refused(RefusalReason.INVALID_REQUEST, "poison")
                    : delivered());
    emit(0, 100);
    assertThat(pipeline.flush(LONG)).isEqualTo(new FlushResult(true, 0));
    assertThat(numbers(destination.delivered))
        .containsExactlyInAnyOrderElementsOf(
            range(0, 100).stream().filter(n -> !bad.contains(n)).toList());
    assertThat(account().refused()).containsEntry(RefusalReason.INVALID_REQUEST, 4L);
    assertBalanced(100, 96);
  }

  @Test
  void makesARequestSmallerThatTheReceiverCallsTooLarge() {
    destination.script =
        (attempt, records, done) ->
            done.accept(
                records.size() > 3
                    ? new DeliveryOutcome.Refused(RefusalReason.TOO_LARGE, "413")
                    : delivered());
    emit(0, 50);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(numbers(destination.delivered)).containsExactlyInAnyOrderElementsOf(range(0, 50));
    assertBalanced(50, 50);
  }

  @Test
  void holdsEventsWhileTheReceiverDoesNotAcceptOurCredentials() {
    pipeline.close();
    pipeline = start(QUICK.toBuilder().holdUnauthorized(true).build(), JournalSettings.defaults());
    destination.script =
        (attempt, records, done) ->
            done.accept(
                attempt < 5
                    ? new DeliveryOutcome.Refused(
                        attempt % 2 == 0
                            ? RefusalReason.UNAUTHENTICATED
                            : RefusalReason.PERMISSION_DENIED,
                        "token expired")
                    : delivered());
    emit(0, 10);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertBalanced(10, 10);
    assertThat(pipeline.destinations().get(0).lastError()).contains("token expired");
  }

  @Test
  void aDestinationGetsOnlyTheEventsItIsMeantToGet() {
    pipeline.close();
    ScriptedDestination audit = new ScriptedDestination("audit");
    pipeline =
        EventPipeline.builder()
            .delivery(QUICK)
            .destination(destination)
            .destination(
                audit,
                QUICK,
                EventSelection.of(List.of("security.*"), List.of("security.noise"), Severity.WARN)
                    ::admits)
            .build();
    for (String name : List.of("security.login", "security.noise", "order.placed")) {
      for (Severity severity : List.of(Severity.INFO, Severity.ERROR)) {
        pipeline.emitter().event(name).severity(severity).emit();
      }
    }
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(destination.delivered).hasSize(6);
    assertThat(audit.delivered)
        .singleElement()
        .matches(record -> record.getEventName().equals("security.login"))
        .matches(record -> record.getSeverityNumberValue() == 17);
    DestinationAccount.Snapshot account = pipeline.ledger().snapshot().destinations().get("audit");
    assertThat(account.filtered()).isEqualTo(5);
    assertThat(account.pending()).isZero();
  }

  @Test
  void aSelectionThatThrowsLosesNoEvent() {
    pipeline.close();
    AtomicInteger asked = new AtomicInteger();
    pipeline =
        EventPipeline.builder()
            .destination(
                destination,
                QUICK,
                (bytes, offset, length) -> {
                  if (asked.incrementAndGet() % 7 == 0) {
                    throw new IllegalStateException("no opinion");
                  }
                  return true;
                })
            .build();
    emit(0, 100);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(numbers(destination.delivered)).containsExactlyElementsOf(range(0, 100));
    assertBalanced(100, 100);
  }

  @Test
  void aDestinationThatReportsNothingOrWithoutWordsIsNoTrap() {
    destination.script =
        (attempt, records, done) -> {
          switch (attempt) {
            case 1 -> done.accept(null);
            case 2 -> done.accept(new DeliveryOutcome.Retry(null, null));
            case 3 -> done.accept(new DeliveryOutcome.Refused(null, null));
            default -> done.accept(delivered());
          }
        };
    emit(0, 1);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    emit(1, 10);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(account().refused()).containsEntry(RefusalReason.OTHER, 1L);
    assertBalanced(11, 10);
  }

  @Test
  void anInterruptThatADestinationLeavesBehindDoesNotStayOnItsThread() {
    AtomicBoolean stayed = new AtomicBoolean();
    destination.script =
        (attempt, records, done) -> {
          if (Thread.currentThread().isInterrupted()) {
            stayed.set(true);
          }
          Thread.currentThread().interrupt();
          done.accept(attempt < 3 ? retry() : delivered());
        };
    emit(0, 10);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(stayed).isFalse();
    assertBalanced(10, 10);
  }

  @Test
  void closeEndsAndCountsThoughADestinationDoesNotReturn() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    destination.script =
        (attempt, records, done) -> {
          try {
            released.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    emit(0, 10);
    pipeline.flush(Duration.ofMillis(20));
    Thread closing = new Thread(() -> pipeline.close(Duration.ofMillis(20)));
    closing.start();
    closing.join(Duration.ofSeconds(30).toMillis());
    assertThat(closing.isAlive()).isFalse();
    assertThat(account().evicted()).containsEntry(EvictionReason.CLOSED, 10L);
    assertBalanced(10, 0);
    released.countDown();
  }

  @Test
  void tellsHowADestinationIsDoing() {
    AtomicBoolean up = new AtomicBoolean();
    destination.script = (attempt, records, done) -> done.accept(up.get() ? delivered() : retry());
    assertThat(pipeline.destinations().get(0).state()).isEqualTo(State.FLOWING);
    assertThat(pipeline.destinations().get(0).lastAnswerAt()).isNull();
    emit(0, 10);
    await().until(() -> pipeline.destinations().get(0).failures() > 2);
    DestinationStatus down = pipeline.destinations().get(0);
    assertThat(down.state()).isNotEqualTo(State.FLOWING);
    assertThat(down.lastError()).isEqualTo("not now");
    assertThat(down.pendingBytes()).isPositive();
    up.set(true);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    DestinationStatus back = pipeline.destinations().get(0);
    assertThat(back.state()).isEqualTo(State.FLOWING);
    assertThat(back.failures()).isZero();
    assertThat(back.lastAnswerAt()).isNotNull();
    assertThat(back.pendingBytes()).isZero();
  }

  @Test
  void aFailingDestinationIsProbedWithOneRequestAtATime() {
    pipeline.close();
    pipeline =
        start(
            QUICK.toBuilder().maxBatchSize(4096).maxInFlight(4).build(),
            JournalSettings.defaults());
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger failures = new AtomicInteger();
    destination.script =
        (attempt, records, done) ->
            new Thread(
                    () -> {
                      int now = underWay.incrementAndGet();
                      if (failures.get() > 4 && failures.get() < 12) {
                        most.accumulateAndGet(now, Math::max);
                      }
                      boolean fail = failures.incrementAndGet() < 15;
                      underWay.decrementAndGet();
                      done.accept(fail ? retry() : delivered());
                    })
                .start();
    emit(0, 2000);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(most).hasValue(1);
    assertBalanced(2000, 2000);
  }

  @Test
  void countsThePartThatAReceiverRejected() {
    destination.script =
        (attempt, records, done) ->
            done.accept(new DeliveryOutcome.PartiallyDelivered(3, "three were bad"));
    emit(0, 10);
    await().until(() -> account().pending() == 0);
    assertThat(account().refusedTotal() % 3).isZero();
    assertThat(account().delivered() + account().refusedTotal()).isEqualTo(10);
    assertBalanced(10, account().delivered());
  }

  @Test
  void survivesADestinationThatThrows() {
    Throwable[] thrown = {new IllegalStateException("x"), new StackOverflowError(), new Error("y")};
    destination.script =
        (attempt, records, done) -> {
          if (attempt <= thrown.length) {
            throw sneaky(thrown[attempt - 1]);
          }
          done.accept(delivered());
        };
    emit(0, 50);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(numbers(destination.delivered)).containsExactlyElementsOf(range(0, 50));
    assertBalanced(50, 50);
  }

  @Test
  void givesUpOnAnAttemptWithoutAnswerAndIgnoresALateOne() {
    pipeline.close();
    pipeline =
        start(
            QUICK.toBuilder().attemptTimeout(Duration.ofMillis(30)).build(),
            JournalSettings.defaults());
    Queue<Consumer<DeliveryOutcome>> unanswered = new ConcurrentLinkedQueue<>();
    destination.script =
        (attempt, records, done) -> {
          if (unanswered.size() < 3) {
            unanswered.add(done);
          } else {
            done.accept(delivered());
          }
        };
    emit(0, 10);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    unanswered.forEach(done -> done.accept(retry()));
    emit(10, 10);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(numbers(destination.delivered)).containsExactlyElementsOf(range(0, 20));
    assertBalanced(20, 20);
  }

  @Test
  void aLateAnswerDoesNotEndALaterAttempt() {
    pipeline.close();
    pipeline =
        start(
            QUICK.toBuilder().attemptTimeout(Duration.ofMillis(200)).build(),
            JournalSettings.defaults());
    List<Consumer<DeliveryOutcome>> answers = Collections.synchronizedList(new ArrayList<>());
    destination.script = (attempt, records, done) -> answers.add(done);
    emit(0, 1);
    await().until(() -> answers.size() == 2);
    answers.get(0).accept(retry());
    answers.get(1).accept(delivered());
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(answers).hasSize(2);
    assertThat(account().retries()).isOne();
    assertBalanced(1, 1);
  }

  @Test
  void aDestinationThatAnswersTwiceIsCountedOnce() {
    destination.script =
        (attempt, records, done) -> {
          done.accept(new DeliveryOutcome.PartiallyDelivered(0, ""));
          done.accept(delivered());
        };
    emit(0, 10);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertBalanced(10, 10);
  }

  @Test
  void flushTellsWhatItCouldNotDeliver() {
    destination.script = (attempt, records, done) -> done.accept(retry());
    emit(0, 10);
    assertThat(pipeline.flush(Duration.ofMillis(50))).isEqualTo(new FlushResult(false, 10));
    destination.script = ScriptedDestination.DELIVER;
    assertThat(pipeline.flush(LONG)).isEqualTo(new FlushResult(true, 0));
  }

  @Test
  void interruptEndsAFlushAndStaysSet() {
    destination.script = (attempt, records, done) -> {};
    emit(0, 1);
    Thread.currentThread().interrupt();
    assertThat(pipeline.flush(LONG).complete()).isFalse();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void closeDeliversWhatIsLeftAndThenRefuses() {
    emit(0, 100);
    pipeline.close(LONG);
    assertThat(numbers(destination.delivered)).containsExactlyElementsOf(range(0, 100));
    assertThat(destination.closed).isTrue();
    assertThat(pipeline.emitter().event("late").emit()).isEqualTo(EmitResult.CLOSED);
    assertThat(pipeline.ledger().snapshot().rejected()).containsEntry(RejectReason.CLOSED, 1L);
    assertThat(pipeline.ledger().snapshot().isBalanced()).isTrue();
  }

  @Test
  void closeCountsWhatADeadDestinationDidNotTake() {
    destination.script = (attempt, records, done) -> {};
    emit(0, 100);
    pipeline.flush(Duration.ofMillis(20));
    emit(100, 100);
    pipeline.close(Duration.ofMillis(50));
    assertThat(account().evicted()).containsEntry(EvictionReason.CLOSED, 200L);
    assertBalanced(200, 0);
  }

  @Test
  void aSlowDestinationDelaysNoOther() {
    pipeline.close();
    ScriptedDestination stuck = new ScriptedDestination("stuck");
    stuck.script = (attempt, records, done) -> {};
    pipeline =
        EventPipeline.builder().delivery(QUICK).destination(destination).destination(stuck).build();
    emit(0, 1000);
    await().until(() -> destination.delivered.size() == 1000);
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    assertThat(ledger.destinations().get("test").delivered()).isEqualTo(1000);
    assertThat(ledger.destinations().get("stuck").pending()).isEqualTo(1000);
    assertThat(ledger.pending()).isEqualTo(1000);
  }

  @Test
  void refusesNewEventsWhenFullAndCountsThem() {
    pipeline.close();
    pipeline = start(QUICK, smallJournal(OverflowPolicy.DROP_NEWEST));
    destination.script = (attempt, records, done) -> done.accept(retry());
    int accepted = 0;
    EmitResult result = emitOne(accepted);
    while (result == EmitResult.ACCEPTED) {
      accepted++;
      result = emitOne(accepted);
    }
    assertThat(result).isEqualTo(EmitResult.JOURNAL_FULL);
    destination.script = ScriptedDestination.DELIVER;
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(numbers(destination.delivered)).containsExactlyElementsOf(range(0, accepted));
    assertThat(pipeline.ledger().snapshot().rejected())
        .containsEntry(RejectReason.JOURNAL_FULL, 1L);
    assertBalanced(accepted + 1, accepted);
  }

  @Test
  void blockPolicyLosesNothingInAFlood() throws Exception {
    pipeline.close();
    pipeline = start(QUICK, smallJournal(OverflowPolicy.BLOCK));
    int threads = 4;
    int each = 20_000;
    List<Thread> emitters = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int base = t * each;
      Thread emitter = new Thread(() -> emit(base, each));
      emitter.start();
      emitters.add(emitter);
    }
    for (Thread emitter : emitters) {
      emitter.join();
    }
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(numbers(destination.delivered))
        .containsExactlyInAnyOrderElementsOf(range(0, threads * each));
    assertBalanced(threads * each, threads * each);
  }

  @Test
  void tryEmitNeverWaits() {
    pipeline.close();
    pipeline = start(QUICK, smallJournal(OverflowPolicy.BLOCK));
    destination.script = (attempt, records, done) -> {};
    EmitResult result = EmitResult.ACCEPTED;
    while (result == EmitResult.ACCEPTED) {
      result = pipeline.emitter().event("e").attribute("text", "x".repeat(1000)).tryEmit();
    }
    assertThat(result).isEqualTo(EmitResult.JOURNAL_FULL);
  }

  @Test
  void namesEveryRefusalBeforeTheJournal() {
    pipeline.close();
    pipeline =
        EventPipeline.builder()
            .delivery(QUICK)
            .minimumSeverity(Severity.WARN)
            .destination(destination)
            .build();
    assertThat(pipeline.emitter().event("e").severity(Severity.INFO).emit())
        .isEqualTo(EmitResult.FILTERED);
    assertThat(pipeline.emitter().event("").severity(Severity.ERROR).emit())
        .isEqualTo(EmitResult.INVALID);
    assertThat(
            pipeline
                .emitter()
                .event("e")
                .severity(Severity.ERROR)
                .attribute("giant", "x".repeat(300_000))
                .emit())
        .isEqualTo(EmitResult.TOO_LARGE);
    Object hostile =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("no");
          }
        };
    assertThat(
            pipeline
                .emitter()
                .event("e")
                .severity(Severity.ERROR)
                .attribute("hostile", hostile)
                .emit())
        .isEqualTo(EmitResult.ENCODING_FAILED);
    EventBuilder spent = pipeline.emitter().event("e").severity(Severity.ERROR);
    assertThat(spent.emit()).isEqualTo(EmitResult.ACCEPTED);
    assertThat(spent.attribute("a", "b").emit()).isEqualTo(EmitResult.INVALID);

    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    assertThat(ledger.emitted()).isEqualTo(6);
    assertThat(ledger.filtered()).isOne();
    assertThat(ledger.rejected())
        .containsAllEntriesOf(
            Map.of(
                RejectReason.INVALID, 2L,
                RejectReason.TOO_LARGE, 1L,
                RejectReason.ENCODING_FAILED, 1L));
    assertThat(ledger.isBalanced()).isTrue();
  }

  @Test
  void aBuilderUsedAfterItsEventReachesNoOther() {
    EventBuilder spent = pipeline.emitter().event("first");
    spent.emit();
    EventBuilder second = pipeline.emitter().event("second");
    spent.attribute("stolen", true).severity(Severity.FATAL).body("stolen");
    second.emit();
    pipeline.flush(LONG);
    LogRecord record = destination.delivered.get(1);
    assertThat(record.getEventName()).isEqualTo("second");
    assertThat(record.toString()).doesNotContain("stolen");
    assertThat(record.getSeverityNumberValue()).isEqualTo(9);
  }

  @Test
  void eventsMayBeBuiltWhileOthersAre() {
    EventBuilder outer = pipeline.emitter().event("outer").attribute("which", "outer");
    pipeline.emitter().event("inner").attribute("which", "inner").emit();
    outer.emit();
    pipeline.flush(LONG);
    assertThat(destination.delivered)
        .extracting(LogRecord::getEventName)
        .containsExactly("inner", "outer");
    assertThat(destination.delivered.get(1).getAttributes(0).getValue().getStringValue())
        .isEqualTo("outer");
  }

  @Test
  void emitsARecordThatWasBuiltBefore() {
    EventRecord record =
        EventRecord.builder("order.placed")
            .severity(Severity.WARN)
            .attribute("order.id", "o-1")
            .attribute("order.items", 3)
            .payload(Map.of("customer", Map.of("tier", "gold")))
            .body("Order o-1")
            .build();
    assertThat(pipeline.emitter().emit(record)).isEqualTo(EmitResult.ACCEPTED);
    pipeline.flush(LONG);
    LogRecord sent = destination.delivered.get(0);
    assertThat(sent.getEventName()).isEqualTo("order.placed");
    assertThat(sent.getSeverityNumberValue()).isEqualTo(13);
    assertThat(sent.getBody().getStringValue()).isEqualTo("Order o-1");
    assertThat(sent.getAttributesList())
        .extracting(io.opentelemetry.proto.common.v1.KeyValue::getKey)
        .containsExactly("order.id", "order.items", "customer.tier", "log.record.uid");
  }

  @Test
  void refusesToStartWithoutADestinationOrWithTwoOfOneName() {
    assertThatThrownBy(() -> EventPipeline.builder().build())
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () ->
                EventPipeline.builder()
                    .destination(new ScriptedDestination("same"))
                    .destination(new ScriptedDestination("same"))
                    .build())
        .hasMessageContaining("same");
  }

  @Test
  void theBalanceHoldsAfterAnyMixOfOutcomes() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("theBalanceHoldsAfterAnyMixOfOutcomes: -Dseed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20; round++) {
      pipeline.close(Duration.ZERO);
      ScriptedDestination moody = new ScriptedDestination("moody");
      SplittableRandom moods = random.split();
      moody.script =
          (attempt, records, done) -> {
            switch (moods.nextInt(8)) {
              case 0 -> done.accept(retry());
              case 1 ->
                  done.accept(
                      new DeliveryOutcome.Refused(RefusalReason.values()[moods.nextInt(7)], ""));
              case 2 ->
                  done.accept(new DeliveryOutcome.PartiallyDelivered(moods.nextInt(20), "some"));
              case 3 -> throw new IllegalStateException("moody");
              case 4 -> {
                Consumer<DeliveryOutcome> later = done;
                new Thread(() -> later.accept(delivered())).start();
              }
              case 5 -> {} // no answer
              default -> done.accept(delivered());
            }
          };
      pipeline =
          EventPipeline.builder()
              .delivery(
                  QUICK.toBuilder()
                      .maxBatchSize(4096)
                      .maxInFlight(1 + random.nextInt(4))
                      .attemptTimeout(Duration.ofMillis(20))
                      .bisectRefused(random.nextInt(2) == 0)
                      .holdUnauthorized(random.nextInt(2) == 0)
                      .adaptive(random.nextInt(2) == 0)
                      .build())
              .journal(smallJournal(OverflowPolicy.values()[random.nextInt(2)]))
              .destination(moody)
              .build();
      int emitted = 0;
      for (int step = random.nextInt(20); step >= 0; step--) {
        int more = random.nextInt(300);
        emit(emitted, more);
        emitted += more;
        if (random.nextInt(4) == 0) {
          pipeline.flush(Duration.ofMillis(random.nextInt(20)));
        }
      }
      pipeline.close(Duration.ofMillis(random.nextInt(100)));
      Ledger.Snapshot ledger = pipeline.ledger().snapshot();
      String state = "seed " + seed + " round " + round + " " + ledger;
      assertThat(ledger.emitted()).as(state).isEqualTo(emitted);
      assertThat(ledger.isBalanced()).as(state).isTrue();
      assertThat(ledger.pending()).as(state).isZero();
    }
  }

  @Test
  void anErrorTypeThatIsSetAlreadyIsKept() {
    pipeline
        .emitter()
        .event("e")
        .attribute("error.type", "card_declined")
        .exception(new IllegalStateException("no"))
        .emit();
    pipeline.flush(LONG);
    String sent = destination.delivered.get(0).toString();
    assertThat(sent).contains("card_declined").contains("java.lang.IllegalStateException");
  }

  @Test
  void setsDefaultAttributes() {
    pipeline.close();
    pipeline =
        EventPipeline.builder()
            .delivery(QUICK)
            .defaultAttributes(Attributes.builder().put("region", "eu").put("n", 1).build())
            .destination(destination)
            .build();
    pipeline.emitter().event("e").attribute("n", 2).emit();
    pipeline.flush(LONG);
    String sent = destination.delivered.get(0).toString();
    assertThat(sent).contains("region").contains("int_value: 2").doesNotContain("int_value: 1");
  }

  private EventPipeline start(DeliverySettings delivery, JournalSettings journal) {
    return EventPipeline.builder()
        .delivery(delivery)
        .journal(journal)
        .destination(destination)
        .build();
  }

  private static JournalSettings smallJournal(OverflowPolicy overflow) {
    return new JournalSettings(256 * 1024, 64 * 1024, 16 * 1024, overflow, LONG);
  }

  private void emit(int from, int count) {
    for (int i = from; i < from + count; i++) {
      emitOne(i);
    }
  }

  private EmitResult emitOne(int number) {
    return pipeline.emitter().event("numbered").attribute("n", number).emit();
  }

  private DestinationAccount.Snapshot account() {
    return pipeline.ledger().snapshot().destinations().values().iterator().next();
  }

  private void assertBalanced(long emitted, long delivered) {
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    assertThat(ledger.isBalanced()).as("%s", ledger).isTrue();
    assertThat(ledger.pending()).as("%s", ledger).isZero();
    assertThat(ledger.emitted()).isEqualTo(emitted);
    assertThat(account().delivered()).as("%s", ledger).isEqualTo(delivered);
  }

  private static List<Long> numbers(List<LogRecord> records) {
    return records.stream()
        .map(record -> record.getAttributes(0).getValue().getIntValue())
        .toList();
  }

  private static List<Long> range(int from, int to) {
    return IntStream.range(from, to).mapToObj(Long::valueOf).toList();
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T sneaky(Throwable throwable) throws T {
    throw (T) throwable;
  }
}
