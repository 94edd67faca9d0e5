package io.otlpevents.benchmarks;

import io.opentelemetry.context.Context;
import io.otlpevents.journal.FsyncPolicy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The child process of {@link BacklogHarness}. */
final class BacklogClient {

  static final String FLOODED = "FLOODED ";
  static final String BACKLOG = "BACKLOG ";
  static final String RESULT = "RESULT ";

  private static final Duration FLUSH = Duration.ofMinutes(5);
  private static final int WARM_UP = 300_000;

  private final EngineClient client;
  private final int events;
  private final int rate;

  /** At which events pile up; 0 for as fast as it goes. */
  private final int pileUpRate;

  private final AtomicLong next = new AtomicLong();

  private BacklogClient(EngineClient client, int events, int rate, int pileUpRate) {
    this.client = client;
    this.events = events;
    this.rate = rate;
    this.pileUpRate = pileUpRate;
  }

  public static void main(String[] args) throws InterruptedException {
    ParentWatch.start();
    Options options =
        Options.parse(
            args, "protocol", "endpoint", "directory", "down", "events", "rate", "pile-up");
    EngineClient client =
        EngineClient.sendingTo(
            Protocol.of(options.text("protocol", "grpc")),
            URI.create(options.text("endpoint", "")),
            EngineClient.onDisk(Path.of(options.text("directory", "")), FsyncPolicy.OS));
    new BacklogClient(
            client,
            options.number("events", 1_200_000, 1_000, 2_000_000),
            options.number("rate", 2_000, 1, 100_000),
            options.number("pile-up", 0, 0, 100_000))
        .run(Path.of(options.text("down", "")));
  }

  private void run(Path down) throws InterruptedException {
    Context span = SampleEvent.spanContext();
    flood(span, WARM_UP);
    double flood = flood(span, events);
    System.out.println(FLOODED + flood);
    await(down, true);
    long before = client.delivered();
    long start = System.nanoTime();
    span.wrap(this::pileUp).run();
    double piledUp = (System.nanoTime() - start) / 1e9;
    long target = before + events;
    System.out.println(BACKLOG + events);
    Thread emitting = new Thread(span.wrap(this::keepEmitting));
    emitting.setDaemon(true);
    emitting.start();
    await(down, false);
    long back = System.nanoTime();
    while (client.delivered() == before) {
      Thread.sleep(1);
    }
    long first = System.nanoTime();
    long firstCount = client.delivered() - before;
    while (client.delivered() < target) {
      Thread.sleep(1);
    }
    double drained = (System.nanoTime() - first) / 1e9;
    long emittedMeanwhile = next.get();
    emitting.interrupt();
    emitting.join();
    boolean flushed = client.flush(FLUSH);
    double speed = (events - firstCount) / drained;
    String result =
        "- flood of %,d events, Collector there: %,.0f delivered/s ; ".formatted(events, flood)
            + "- the Collector away: %,d events piled up in %.1f s ; ".formatted(events, piledUp)
            + "- first delivery %,d ms after it was back ; ".formatted((first - back) / 1_000_000)
            + "- drained in %.2f s at %,.0f/s, %.0f %% of the flood's speed, while %,d/s were emitted ; "
                .formatted(drained, speed, 100 * speed / flood, rate)
            + "- events emitted in all when it was drained: %,d; after the last, flush says %s ; "
                .formatted(emittedMeanwhile, flushed ? "complete" : "incomplete")
            + "- ledger: "
            + client.books();
    System.out.println(RESULT + result);
    client.close();
  }

  /** Delivered per second, flush included. */
  private double flood(Context span, int count) {
    long start = System.nanoTime();
    span.wrap(() -> emit(count)).run();
    if (!client.flush(FLUSH)) {
      throw new IllegalStateException("not delivered: " + client.books());
    }
    return count * 1e9 / (System.nanoTime() - start);
  }

  private void emit(int count) {
    for (int i = 0; i < count; i++) {
      client.emit(next.getAndIncrement());
    }
  }

  private void pileUp() {
    if (pileUpRate == 0) {
      emit(events);
      return;
    }
    Pace pace = new Pace(pileUpRate);
    for (int i = 0; i < events; i++) {
      pace.await(i);
      client.emit(next.getAndIncrement());
    }
  }

  private void keepEmitting() {
    Pace pace = new Pace(rate);
    for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
      pace.await(i);
      client.emit(next.getAndIncrement());
    }
  }

  private static void await(Path file, boolean there) throws InterruptedException {
    while (Files.exists(file) != there) {
      Thread.sleep(5);
    }
  }
}
