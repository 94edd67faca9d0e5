package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.EmitResult;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.encode.EventEncoder;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.Ledger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** What may happen to the emitting thread, and to the clock. */
class EmitFaultsTests {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final long DAY = TimeUnit.DAYS.toNanos(1);
  private static final DeliverySettings QUICK =
      DeliverySettings.defaults().toBuilder()
          .maxDelay(Duration.ofMillis(5))
          .backoff(Duration.ofMillis(2), Duration.ofMillis(20))
          .build();

  private final ScriptedDestination destination = new ScriptedDestination("test");
  private final AtomicLong wallClock = new AtomicLong(1_800_000_000_000_000_000L);
  private final EventPipeline pipeline =
      EventPipeline.builder()
          .delivery(QUICK)
          .journal(
              new JournalSettings(256 * 1024, 64 * 1024, 16 * 1024, OverflowPolicy.BLOCK, LONG))
          .clock(wallClock::get)
          .destination(destination)
          .build();

  @AfterEach
  void closePipeline() {
    pipeline.close(Duration.ZERO);
  }

  @Test
  void keepsAnEventOfAnInterruptedThreadAndTheInterrupt() {
    Thread.currentThread().interrupt();
    EmitResult result = pipeline.emitter().event("e").emit();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(result).isEqualTo(EmitResult.ACCEPTED);
    assertDelivered(1);
  }

  @Test
  void keepsTheEventOfAThreadThatIsInterruptedWhileItWaitsForRoom() throws Exception {
    destination.script = (attempt, records, done) -> done.accept(ScriptedDestination.retry());
    int fitted = fill();
    AtomicReference<EmitResult> result = new AtomicReference<>();
    AtomicBoolean flag = new AtomicBoolean();
    Thread emitter =
        new Thread(
            () -> {
              result.set(pipeline.emitter().event("waiting").attribute("t", text()).emit());
              flag.set(Thread.currentThread().isInterrupted());
            });
    emitter.start();
    await().until(() -> emitter.getState() == Thread.State.TIMED_WAITING);
    emitter.interrupt();
    await().until(() -> emitter.getState() == Thread.State.TIMED_WAITING);
    assertThat(result).hasValue(null);
    destination.script = ScriptedDestination.DELIVER;
    emitter.join(LONG.toMillis());
    assertThat(result).hasValue(EmitResult.ACCEPTED);
    assertThat(flag).isTrue();
    // The one that did not fit, and was refused.
    assertThat(pipeline.ledger().snapshot().rejectedTotal()).isOne();
    assertDelivered(fitted + 1);
  }

  @Test
  void losesNothingAndStallsNothingWhenTheWallClockJumps() {
    long[] jumps = {0, DAY, -2 * DAY, DAY, 1, -1, 365 * DAY};
    List<Long> times = new ArrayList<>();
    for (long jump : jumps) {
      wallClock.addAndGet(jump);
      for (int i = 0; i < 50; i++) {
        times.add(wallClock.get());
        assertThat(pipeline.emitter().event("e").emit()).isEqualTo(EmitResult.ACCEPTED);
      }
      assertThat(pipeline.flush(LONG).complete()).isTrue();
    }
    assertDelivered(jumps.length * 50);
    assertThat(destination.delivered)
        .extracting(LogRecord::getObservedTimeUnixNano)
        .containsExactlyElementsOf(times);
    assertThat(destination.delivered).extracting(EmitFaultsTests::uid).doesNotHaveDuplicates();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void tenThousandVirtualThreadsKeepTheBalanceWithoutPinning(@TempDir Path directory)
      throws Exception {
    int threads = 10_000;
    int each = 5;
    Path file = directory.resolve("pinned.jfr");
    emitNumbers(-1, 1); // what is loaded for the first event is not of interest
    CountDownLatch start = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(threads);
    AtomicLong largest = new AtomicLong();
    try (Recording recording = new Recording()) {
      recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO);
      recording.start();
      for (int t = 0; t < threads; t++) {
        int from = t * each;
        startVirtualThread(
            () -> {
              try {
                start.await();
                emitNumbers(from, each);
                largest.accumulateAndGet(pipeline.journalSize(), Math::max);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                end.countDown();
              }
            });
      }
      start.countDown();
      assertThat(end.await(LONG.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
      recording.stop();
      recording.dump(file);
    }
    assertDelivered(threads * each + 1);
    assertThat(destination.delivered)
        .extracting(record -> record.getAttributes(0).getValue().getIntValue())
        .doesNotHaveDuplicates();
    assertThat(largest.get()).isBetween(1L, 256L * 1024);
    assertThat(RecordingFile.readAllEvents(file)).isEmpty();
  }

  private void emitNumbers(int from, int count) {
    for (int i = from; i < from + count; i++) {
      pipeline.emitter().event("e").attribute("n", i).emit();
    }
  }

  private int fill() {
    int fitted = 0;
    while (pipeline.emitter().event("e").attribute("t", text()).tryEmit() == EmitResult.ACCEPTED) {
      fitted++;
    }
    return fitted;
  }

  private static String text() {
    return "x".repeat(2000);
  }

  private void assertDelivered(int count) {
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    assertThat(ledger.isBalanced()).as("%s", ledger).isTrue();
    assertThat(ledger.pending()).as("%s", ledger).isZero();
    assertThat(ledger.appended()).as("%s", ledger).isEqualTo(count);
    assertThat(destination.delivered).hasSize(count);
  }

  private static String uid(LogRecord record) {
    return record.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals(EventEncoder.RECORD_UID))
        .map(KeyValue::getValue)
        .findFirst()
        .orElseThrow()
        .getStringValue();
  }

  /** By its name, for tests are compiled for Java 17 too. */
  private static void startVirtualThread(Runnable task) throws ReflectiveOperationException {
    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
  }
}
