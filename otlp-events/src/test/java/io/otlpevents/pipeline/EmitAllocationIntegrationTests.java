package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.journal.DiskSettings;
import io.otlpevents.journal.JournalSettings;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What emitting allocates on the caller's thread, in a process of its own: what the compiler makes
 * of a method depends on who else has called it before.
 */
class EmitAllocationIntegrationTests {

  @ParameterizedTest
  @ValueSource(strings = {"memory", "disk"})
  void emittingScalarsAllocatesNothing(String storage, @TempDir Path directory) throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Emitting.class.getName(),
                storage,
                directory.resolve("journal").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(output)).contains("best round: 0 bytes");
  }

  /** Emits until a round of a hundred events allocates nothing, or for a minute. */
  static final class Emitting {

    public static void main(String[] arguments) {
      JournalSettings journal =
          arguments[0].equals("disk")
              ? JournalSettings.onDisk(DiskSettings.in(Path.of(arguments[1])))
              : JournalSettings.defaults();
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long thread = Thread.currentThread().getId();
      long best = Long.MAX_VALUE;
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
      try (EventPipeline pipeline =
          EventPipeline.builder().journal(journal).destination(new Nowhere()).build()) {
        for (int round = 1; best > 0 && System.nanoTime() < deadline; round++) {
          long before = threads.getThreadAllocatedBytes(thread);
          emitScalars(pipeline, 100);
          best = Math.min(best, threads.getThreadAllocatedBytes(thread) - before);
          if (round % 50 == 0) {
            pipeline.flush(Duration.ofSeconds(30));
          }
        }
      }
      System.out.println("best round: " + best + " bytes");
    }

    private static void emitScalars(EventPipeline pipeline, int count) {
      for (int i = 0; i < count; i++) {
        pipeline
            .emitter()
            .event("order.placed")
            .attribute("order.id", "o-1234")
            .attribute("order.items", i)
            .attribute("order.total", i * 0.5)
            .attribute("order.gift", true)
            .emit();
      }
    }
  }

  private static final class Nowhere implements Destination {

    @Override
    public String name() {
      return "nowhere";
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      done.accept(new DeliveryOutcome.Delivered());
    }

    @Override
    public void close() {}
  }
}
