package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.EmitResult;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.Ledger;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A flood of events into a process with a heap of 64 MiB whose destination is dead. */
class SmallHeapIntegrationTests {

  private static final int THREADS = 4;

  @ParameterizedTest
  @EnumSource(names = {"DROP_NEWEST", "BLOCK"})
  void survivesAFloodWithADeadDestination(OverflowPolicy overflow, @TempDir Path directory)
      throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Flood.class.getName(),
                overflow.name())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    System.out.println(text);
    assertThat(text).doesNotContain("OutOfMemoryError").contains("the balance is exact");
    assertThat(process.exitValue()).as(text).isZero();
  }

  /** What runs in the small process. */
  static final class Flood {

    private Flood() {}

    public static void main(String[] arguments) throws Exception {
      OverflowPolicy overflow = OverflowPolicy.valueOf(arguments[0]);
      int each = overflow == OverflowPolicy.BLOCK ? 5_000 : 40_000;
      EventPipeline pipeline =
          EventPipeline.builder()
              .journal(
                  JournalSettings.defaults()
                      .withOverflow(overflow)
                      .withMaxBlock(Duration.ofMillis(1)))
              .destination(new Dead())
              .build();
      AtomicLong accepted = new AtomicLong();
      AtomicLong full = new AtomicLong();
      AtomicLong broken = new AtomicLong();
      List<Thread> emitters = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Thread emitter =
            new Thread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    EmitResult result =
                        pipeline.emitter().event("flood").attribute("t", "x".repeat(8000)).emit();
                    switch (result) {
                      case ACCEPTED -> accepted.incrementAndGet();
                      case JOURNAL_FULL -> full.incrementAndGet();
                      default -> broken.incrementAndGet();
                    }
                  }
                });
        emitter.setUncaughtExceptionHandler(
            (thread, e) -> {
              e.printStackTrace();
              broken.incrementAndGet();
            });
        emitter.start();
        emitters.add(emitter);
      }
      for (Thread emitter : emitters) {
        emitter.join();
      }
      pipeline.close(Duration.ofMillis(100));
      Ledger.Snapshot ledger = pipeline.ledger().snapshot();
      boolean exact =
          ledger.isBalanced()
              && ledger.pending() == 0
              && broken.get() == 0
              && full.get() > 0
              && ledger.emitted() == (long) THREADS * each
              && ledger.appended() == accepted.get()
              && ledger.rejectedTotal() == full.get()
              && ledger.destinations().get("dead").evicted().get(EvictionReason.CLOSED)
                  == accepted.get();
      System.out.println((exact ? "the balance is exact: " : "broken: " + broken + " ") + ledger);
      System.exit(exact ? 0 : 1);
    }
  }

  /** Takes every request apart and never delivers. */
  private static final class Dead implements Destination {

    @Override
    public String name() {
      return "dead";
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      try {
        batch.writeTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      done.accept(new DeliveryOutcome.Retry("dead", null));
    }

    @Override
    public void close() {}
  }
}
