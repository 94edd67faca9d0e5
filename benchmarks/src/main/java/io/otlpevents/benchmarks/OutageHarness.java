package io.otlpevents.benchmarks;

import static io.otlpevents.benchmarks.MarkdownTable.count;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Kills a Collector under load with SIGKILL, starts it again on the same port some seconds later,
 * and looks in its file for every single event.
 *
 * <p>A Collector that is killed takes with it what it had accepted but not written. That is no
 * fault of the client, so the client notes which events were accepted: what is missing although it
 * was accepted is reported as lost in the Collector, what was never accepted as lost by the client.
 * The file exporter writes its buffer out every millisecond, which makes the first rare.
 */
final class OutageHarness {

  private static final String HELP =
      """
      --collector <binary>   the OpenTelemetry Collector (required)
      --quick                6 s with the Collector away from second 1 to 4
      --protocol grpc        or http
      --contestants engine,blrp,blrp-tuned
      --rate 2000            events per second
      --seconds 30           how long events are emitted
      --kill-at 5            the second in which the Collector is killed
      --outage 15            how many seconds it is away
      --flush-seconds 60     how long the final flush may take
      """;

  private final Options options;
  private final Path binary;
  private final WorkFolder work;
  private final Protocol protocol;
  private final int rate;
  private final int seconds;
  private final int killAt;
  private final int outage;
  private final int flushSeconds;

  private OutageHarness(Options options, WorkFolder work) {
    boolean quick = options.has("quick");
    this.options = options;
    this.work = work;
    this.binary = Path.of(options.text("collector", ""));
    this.protocol = Protocol.of(options.text("protocol", "grpc"));
    this.rate = options.number("rate", 2_000, 1, 100_000);
    this.seconds = options.number("seconds", quick ? 6 : 30, 1, 600);
    this.killAt = options.number("kill-at", quick ? 1 : 5, 0, 600);
    this.outage = options.number("outage", quick ? 3 : 15, 0, 600);
    this.flushSeconds = options.number("flush-seconds", 60, 1, 600);
  }

  public static void main(String[] args) throws IOException {
    Options options;
    try {
      options =
          Options.parse(
              args,
              "help",
              "collector",
              "quick",
              "protocol",
              "contestants",
              "rate",
              "seconds",
              "kill-at",
              "outage",
              "flush-seconds");
      if (options.has("help")) {
        System.out.print(HELP);
        return;
      }
      if (!Files.isExecutable(Path.of(options.text("collector", "")))) {
        throw new IllegalArgumentException("--collector must name the Collector's binary");
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(HELP);
      System.exit(2);
      return;
    }
    WorkFolder work = WorkFolder.create();
    new OutageHarness(options, work).run(String.join(" ", args));
    work.remove();
  }

  private void run(String arguments) throws IOException {
    System.out.println("## Outage\n");
    System.out.print(
        Machine.describe(
            "benchmarks/run-outage.sh " + DeliveryHarness.withoutCollector(arguments)));
    System.out.printf(
        "- %,d events per second for %d s over %s; Collector killed at second %d for %d s%n%n",
        rate, seconds, protocol.id(), killAt, outage);
    MarkdownTable table =
        new MarkdownTable(
            "contestant",
            "emitted",
            "arrived",
            "lost by the client",
            "lost in the Collector after it accepted them",
            "arrived twice",
            "flush says",
            "after");
    List<String> books = new ArrayList<>();
    for (String id : options.texts("contestants", "engine,blrp,blrp-tuned").stream().toList()) {
      Contestant contestant = Contestant.of(id);
      Outcome outcome = suffer(contestant);
      table.row(
          contestant.label(),
          count(outcome.emitted),
          count(outcome.arrived),
          count(outcome.lostByClient),
          count(outcome.lostInCollector),
          count(outcome.duplicates),
          outcome.flushed ? "complete" : "incomplete",
          count(outcome.flushMillis) + " ms");
      if (!outcome.books.isEmpty()) {
        books.add("- " + contestant.label() + ", its own ledger: " + outcome.books);
      }
    }
    System.out.println(table);
    books.forEach(System.out::println);
  }

  private Outcome suffer(Contestant contestant) throws IOException {
    System.err.println(contestant.id());
    Path file = work.file("events-" + contestant.id() + ".json");
    Path acknowledged = work.file("acknowledged-" + contestant.id());
    Collector collector = Collector.writing(binary, work.path(), file, 0, 0);
    String result;
    try (ChildJvm child =
        ChildJvm.start(
            OutageClient.class,
            work.file("client-" + contestant.id() + ".log"),
            List.of(
                "--contestant",
                contestant.id(),
                "--protocol",
                protocol.id(),
                "--endpoint",
                collector.endpoint(protocol).toString(),
                "--rate",
                String.valueOf(rate),
                "--seconds",
                String.valueOf(seconds),
                "--flush-seconds",
                String.valueOf(flushSeconds),
                "--acknowledged",
                acknowledged.toString()))) {
      child.await(OutageClient.EMITTING, Duration.ofSeconds(30));
      long start = System.nanoTime();
      Pace.until(start + Duration.ofSeconds(killAt).toNanos());
      int grpcPort = collector.grpcPort();
      int httpPort = collector.httpPort();
      collector.kill();
      System.err.println("  Collector killed");
      Pace.until(start + Duration.ofSeconds((long) killAt + outage).toNanos());
      collector = Collector.writing(binary, work.path(), file, grpcPort, httpPort);
      System.err.println("  Collector is back");
      result =
          child.await(OutageClient.RESULT, Duration.ofSeconds((long) seconds + flushSeconds + 60));
    } finally {
      // SIGTERM: it writes out what it holds.
      collector.close();
    }
    String[] words = result.split(" ", 4);
    return Outcome.of(
        rate * seconds,
        AcknowledgedNumbers.readFrom(acknowledged),
        ArrivedNumbers.readFrom(file),
        Boolean.parseBoolean(words[1]),
        Long.parseLong(words[2]),
        words[3]);
  }

  private record Outcome(
      int emitted,
      int arrived,
      int lostByClient,
      int lostInCollector,
      long duplicates,
      boolean flushed,
      long flushMillis,
      String books) {

    static Outcome of(
        int emitted,
        BitSet acknowledged,
        ArrivedNumbers arrived,
        boolean flushed,
        long flushMillis,
        String books) {
      BitSet missing = new BitSet(emitted);
      missing.set(0, emitted);
      missing.andNot(arrived.numbers());
      BitSet inCollector = (BitSet) missing.clone();
      inCollector.and(acknowledged);
      return new Outcome(
          emitted,
          arrived.numbers().cardinality(),
          missing.cardinality() - inCollector.cardinality(),
          inCollector.cardinality(),
          arrived.duplicates(),
          flushed,
          flushMillis,
          books);
    }
  }
}
