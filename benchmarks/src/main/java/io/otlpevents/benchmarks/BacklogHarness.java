package io.otlpevents.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Kills a Collector, lets as many events pile up on disk as ten minutes at 2,000 per second bring,
 * starts the Collector again, and looks how fast they are delivered while new ones come. They are
 * emitted as fast as it goes, or with {@code --real-time} at the rate, which takes the ten minutes.
 *
 * <p>The same events are first sent as a flood, with the Collector there, by the same process: that
 * speed is what draining is compared with.
 */
final class BacklogHarness {

  private static final String HELP =
      """
      --collector <binary>   the OpenTelemetry Collector (required)
      --protocol grpc        or http
      --events 1200000       how many pile up
      --rate 2000            new events per second while they are drained
      --real-time            pile up at this rate, too
      --file                 the Collector writes a file, in which each event is looked for
      """;

  private BacklogHarness() {}

  public static void main(String[] args) throws IOException {
    Options options;
    try {
      options =
          Options.parse(
              args, "help", "collector", "protocol", "events", "rate", "real-time", "file");
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
    System.out.println("## Backlog\n");
    System.out.print(
        Machine.describe(
            "benchmarks/run-backlog.sh "
                + DeliveryHarness.withoutCollector(String.join(" ", args))));
    run(options, work);
    work.remove();
  }

  private static void run(Options options, WorkFolder work) throws IOException {
    Path binary = Path.of(options.text("collector", ""));
    Protocol protocol = Protocol.of(options.text("protocol", "grpc"));
    boolean toFile = options.has("file");
    int events = options.number("events", 1_200_000, 1_000, 2_000_000);
    int rate = options.number("rate", 2_000, 1, 100_000);
    Path file = work.file("events.json");
    Path down = work.file("down");
    Collector collector =
        toFile
            ? Collector.writing(binary, work.path(), file, 0, 0)
            : Collector.discarding(binary, work.path());
    String result;
    try (ChildJvm child =
        ChildJvm.start(
            BacklogClient.class,
            work.file("client.log"),
            List.of(
                "--protocol",
                protocol.id(),
                "--endpoint",
                collector.endpoint(protocol).toString(),
                "--directory",
                work.file("journal").toString(),
                "--down",
                down.toString(),
                "--events",
                String.valueOf(events),
                "--rate",
                String.valueOf(rate),
                "--pile-up",
                String.valueOf(options.has("real-time") ? rate : 0)))) {
      child.await(BacklogClient.FLOODED, Duration.ofMinutes(5));
      int grpcPort = collector.grpcPort();
      int httpPort = collector.httpPort();
      collector.kill();
      Files.createFile(down);
      child.await(BacklogClient.BACKLOG, Duration.ofMinutes(30));
      collector =
          toFile
              ? Collector.writing(binary, work.path(), file, grpcPort, httpPort)
              : Collector.discarding(binary, work.path(), grpcPort, httpPort);
      Files.delete(down);
      result = child.await(BacklogClient.RESULT, Duration.ofMinutes(10));
    } finally {
      collector.close();
    }
    System.out.println();
    System.out.println(result.substring(BacklogClient.RESULT.length()).replace(" ; ", "\n"));
    if (toFile) {
      ArrivedNumbers arrived = ArrivedNumbers.readFrom(file);
      System.out.printf(
          "- distinct events in the Collector's file: %,d, arrived twice: %,d%n",
          arrived.numbers().cardinality(), arrived.duplicates());
    }
  }
}
