package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.PayloadMode;
import io.otlpevents.delivery.Destination;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.otlp.OtlpGrpcDestination;
import io.otlpevents.otlp.OtlpHttpDestination;
import io.otlpevents.otlp.OtlpSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** A flood of events into a process with a heap of 64 MiB while nobody listens. */
class SmallHeapIntegrationTests {

  private static final int THREADS = 4;
  private static final int SECONDS = 4;

  @ParameterizedTest
  @CsvSource({"DROP_NEWEST, grpc", "DROP_NEWEST, http", "BLOCK, http"})
  void survivesAFloodWhileNobodyListens(
      OverflowPolicy overflow, String protocol, @TempDir Path directory) throws Exception {
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                // Also one that somebody catches.
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Flood.class.getName(),
                overflow.name(),
                protocol)
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

    private final AtomicLong emitted = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong full = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();

    private Flood() {}

    public static void main(String[] arguments) throws Exception {
      ((Logger) LoggerFactory.getLogger("io.otlpevents")).setLevel(Level.WARN);
      boolean exact = new Flood().run(OverflowPolicy.valueOf(arguments[0]), arguments[1]);
      System.exit(exact ? 0 : 1);
    }

    private boolean run(OverflowPolicy overflow, String protocol) throws Exception {
      EventPipeline pipeline =
          EventPipeline.builder()
              .journal(
                  JournalSettings.defaults()
                      .withOverflow(overflow)
                      .withMaxBlock(Duration.ofMillis(1)))
              .destination(toNobody(protocol))
              .build();
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      List<Thread> emitters = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Thread emitter = new Thread(() -> flood(pipeline, deadline));
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
      long retries = pipeline.ledger().snapshot().destinations().get("nobody").retries();
      pipeline.close(Duration.ofMillis(100));
      Ledger.Snapshot ledger = pipeline.ledger().snapshot();
      boolean exact =
          ledger.isBalanced()
              && ledger.pending() == 0
              && broken.get() == 0
              && full.get() > 0
              && retries > 0
              && ledger.emitted() == emitted.get()
              && ledger.appended() == accepted.get()
              && ledger.rejectedTotal() == full.get()
              && ledger.destinations().get("nobody").evicted().get(EvictionReason.CLOSED)
                  == accepted.get();
      System.out.println((exact ? "the balance is exact: " : "broken: " + broken + " ") + ledger);
      return exact;
    }

    /** A port that was free a moment ago. */
    private static Destination toNobody(String protocol) throws IOException {
      int port;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
      OtlpSettings settings =
          OtlpSettings.builder(URI.create("http://127.0.0.1:" + port)).name("nobody").build();
      return protocol.equals("grpc")
          ? OtlpGrpcDestination.create(settings)
          : OtlpHttpDestination.create(settings);
    }

    private void flood(EventPipeline pipeline, long deadline) {
      for (int i = 0; System.nanoTime() - deadline < 0; i++) {
        emitted.incrementAndGet();
        EventBuilder event = pipeline.emitter().event("flood").attribute("number", i);
        EventBuilder filled =
            switch (i % 4) {
              case 0 -> event.attribute("text", "x".repeat(8000));
              case 1 -> event.payload(Order.of(i), PayloadMode.values()[i / 4 % 4]);
              case 2 -> event.payload(Map.of("key-" + i, "value", "lines", List.of(i, i + 1)));
              // Large enough that a draft's memory is not kept.
              default -> event.payload(("{\"n\":" + i + "}").repeat(8000));
            };
        EmitResult result = filled.emit();
        switch (result) {
          case ACCEPTED -> accepted.incrementAndGet();
          case JOURNAL_FULL -> full.incrementAndGet();
          default -> broken.incrementAndGet();
        }
      }
    }
  }

  /** A payload as applications have it. */
  record Order(String id, int items, double total, List<String> lines) {

    static Order of(int number) {
      return new Order(
          "order-" + number, number, number * 1.25, Collections.nCopies(50, "line of " + number));
    }
  }
}
