package io.otlpevents.benchmarks;

import io.otlpevents.EmitResult;
import io.otlpevents.journal.FsyncPolicy;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.Ledger;
import java.nio.file.Path;
import java.time.Duration;

/** The child process of {@link RecoveryHarness}, which kills it when it has said its result. */
final class RecoveryClient {

  static final String RESULT = "RESULT ";

  private static final Duration DRAIN = Duration.ofMinutes(5);

  private RecoveryClient() {}

  public static void main(String[] args) throws InterruptedException {
    ParentWatch.start();
    JournalSettings settings =
        EngineClient.onDisk(Path.of(args[1]), FsyncPolicy.OS)
            .withMaxSize(Long.parseLong(args[2]) << 20)
            .withOverflow(OverflowPolicy.DROP_NEWEST);
    String result =
        switch (args[0]) {
          case "fill" -> fill(settings);
          case "start" -> start(settings);
          case "drain" -> drain(settings);
          default -> throw new IllegalArgumentException(args[0]);
        };
    System.out.println(RESULT + result);
    Thread.sleep(Duration.ofMinutes(1).toMillis());
  }

  private static String fill(JournalSettings settings) {
    EngineClient client = EngineClient.dead(settings);
    long number = 0;
    while (SampleEvent.emit(client.emitter(), number) == EmitResult.ACCEPTED) {
      number++;
    }
    return "filled with %,d events".formatted(number);
  }

  private static String start(JournalSettings settings) {
    long start = System.nanoTime();
    EngineClient client = EngineClient.dead(settings);
    EmitResult result = SampleEvent.emit(client.emitter(), 0);
    long millis = (System.nanoTime() - start) / 1_000_000;
    Runtime runtime = Runtime.getRuntime();
    long heap = (runtime.totalMemory() - runtime.freeMemory()) / 1024;
    if (result != EmitResult.ACCEPTED) {
      throw new IllegalStateException("the first event was not accepted: " + result);
    }
    return millis + " " + client.ledger().recovered() + " " + heap;
  }

  private static String drain(JournalSettings settings) {
    long start = System.nanoTime();
    EngineClient client = EngineClient.discarding(settings);
    boolean complete = client.flush(DRAIN);
    double seconds = (System.nanoTime() - start) / 1e9;
    Ledger.Snapshot ledger = client.ledger();
    return "drained into nothing in %.1f s, flush %s: recovered %,d, %s"
        .formatted(
            seconds, complete ? "complete" : "incomplete", ledger.recovered(), client.books());
  }
}
