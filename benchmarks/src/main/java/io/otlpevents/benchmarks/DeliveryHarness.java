package io.otlpevents.benchmarks;

import static io.otlpevents.benchmarks.MarkdownTable.count;
import static io.otlpevents.benchmarks.MarkdownTable.decimal;
import static io.otlpevents.benchmarks.MarkdownTable.percent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Delivers events to a real Collector, each contestant in a fresh JVM and to a fresh Collector, and
 * prints what arrived, how fast and at what cost.
 *
 * <p>Delivered is what was in requests that the Collector has accepted, as the contestants' own
 * callbacks tell. The part {@code check} compares that count, once for each contestant, with the
 * distinct event numbers that the Collector's file exporter has written.
 */
final class DeliveryHarness {

  private static final String HELP =
      """
      --collector <binary>   the OpenTelemetry Collector (required)
      --quick                one short round of everything, to see that it works
      --protocols grpc,http  default grpc
      --contestants engine,blrp,blrp-tuned,canned
      --parts flood,latency,paced,steps,check
      --rounds 3             floods of each contestant, of which the median is shown
      --seconds 10           length of a flood or a step; warm-up is half of it
      --threads 1            how many threads emit
      --paced-rate 10000     events per second of the part "paced"
      --rates 5000,10000,20000,40000,80000,160000,320000   the part "steps"
      --refine 2             further steps between the last lossless rate and the first lossy one
      """;

  private static final int CHECK_LIMIT = 30_000;

  /** A step counts only if this share of the rate was reached. */
  private static final double REACHED = 0.99;

  private final Options options;
  private final Path collectorBinary;
  private final WorkFolder work;
  private final int millis;
  private final int rounds;
  private final int threads;
  private final List<Contestant> contestants;

  private DeliveryHarness(Options options, WorkFolder work) {
    this.options = options;
    this.work = work;
    this.collectorBinary = Path.of(options.text("collector", ""));
    boolean quick = options.has("quick");
    this.millis = 1000 * options.number("seconds", quick ? 2 : 10, 1, 120);
    this.rounds = options.number("rounds", quick ? 1 : 3, 1, 20);
    this.threads = options.number("threads", 1, 1, 64);
    this.contestants =
        options.texts("contestants", "engine,blrp,blrp-tuned,canned").stream()
            .map(Contestant::of)
            .toList();
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
              "protocols",
              "contestants",
              "parts",
              "rounds",
              "seconds",
              "threads",
              "paced-rate",
              "rates",
              "refine");
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
    new DeliveryHarness(options, work).run(String.join(" ", args));
    work.remove();
  }

  private void run(String arguments) throws IOException {
    System.out.println("## Delivery\n");
    System.out.print(Machine.describe("benchmarks/run-delivery.sh " + withoutCollector(arguments)));
    System.out.printf(
        "- Client JVM: %s; %d emitting thread(s); %d round(s) of %d s%n",
        String.join(" ", ChildJvm.JVM_OPTIONS), threads, rounds, millis / 1000);
    List<CannedRequest> sample = CannedRequest.make(1);
    System.out.printf(
        "- Encoded by the engine: %d bytes per event, %d events per request%n%n",
        sample.get(0).bytes().length / sample.get(0).count(), sample.get(0).count());
    List<String> parts = options.texts("parts", "check,flood,latency,paced,steps");
    for (String id : options.texts("protocols", "grpc")) {
      Protocol protocol = Protocol.of(id);
      if (parts.contains("check")) {
        check(protocol);
      }
      if (parts.contains("flood")) {
        flood(protocol);
      }
      if (parts.contains("latency")) {
        latency(protocol);
      }
      if (parts.contains("paced")) {
        paced(protocol);
      }
      if (parts.contains("steps")) {
        steps(protocol);
      }
    }
  }

  static String withoutCollector(String arguments) {
    return arguments.replaceAll("--collector \\S+ ?", "");
  }

  private void check(Protocol protocol) throws IOException {
    MarkdownTable table =
        new MarkdownTable(
            "contestant", "emitted", "counted as delivered", "distinct in the file", "twice");
    for (Contestant contestant : contestants) {
      if (contestant == Contestant.CANNED) {
        continue; // the same few requests again and again have no distinct numbers
      }
      Path file = work.file("check.json");
      Files.deleteIfExists(file);
      Measurement measured;
      try (Collector collector = Collector.writing(collectorBinary, work.path(), file, 0, 0)) {
        measured =
            measure(collector, contestant, protocol, "--limit", String.valueOf(CHECK_LIMIT)).client;
      }
      ArrivedNumbers arrived = ArrivedNumbers.readFrom(file);
      Files.deleteIfExists(file);
      table.row(
          contestant.label(),
          count(measured.emitted()),
          count(measured.delivered()),
          count(arrived.numbers().cardinality()),
          count(arrived.duplicates()));
    }
    print("Cross-check of the count with the Collector's file exporter", protocol, table);
  }

  private void flood(Protocol protocol) {
    Map<Contestant, List<Run>> runs = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Contestant contestant : contestants) {
        runs.computeIfAbsent(contestant, c -> new ArrayList<>())
            .add(run(contestant, protocol, 0, false));
      }
    }
    MarkdownTable table =
        new MarkdownTable(
            "contestant",
            "delivered/s (range)",
            "of the limit",
            "delivered of emitted",
            "emit, mean",
            "client CPU / delivered",
            "Collector CPU / delivered",
            "caller allocates / emitted",
            "all allocate / delivered");
    double limit =
        runs.containsKey(Contestant.CANNED)
            ? median(runs.get(Contestant.CANNED), r -> r.client.deliveredPerSecond())
            : 0;
    runs.forEach(
        (contestant, of) -> {
          boolean emits = contestant != Contestant.CANNED;
          double rate = median(of, r -> r.client.deliveredPerSecond());
          table.row(
              contestant.label(),
              count(rate) + range(of, r -> r.client.deliveredPerSecond()),
              limit == 0 ? "–" : decimal(100 * rate / limit, 1) + " %",
              percent(
                  of.stream().mapToLong(r -> r.client.delivered()).sum(),
                  of.stream().mapToLong(r -> r.client.emitted()).sum()),
              emits ? count(median(of, r -> r.client.meanEmit())) + " ns" : "–",
              decimal(median(of, r -> r.client.cpuMicrosPerDelivered()), 2) + " µs",
              decimal(median(of, Run::collectorMicrosPerDelivered), 2) + " µs",
              emits
                  ? bytes(median(of, r -> (double) r.client.callerBytes() / r.client.emitted()))
                  : "–",
              bytes(median(of, r -> (double) r.client.totalBytes() / r.client.delivered())));
        });
    print("Flood: emit as fast as it goes, then flush", protocol, table);
    MarkdownTable threadTable =
        new MarkdownTable("contestant", "threads", "CPU / delivered", "of the client's");
    runs.forEach((contestant, of) -> threadRows(threadTable, contestant, of.get(of.size() - 1)));
    print("Where the client's processor time went in the last flood", protocol, threadTable);
  }

  private static void threadRows(MarkdownTable table, Contestant contestant, Run run) {
    long rest = run.client.cpuNanos();
    List<Map.Entry<String, Long>> threadGroups =
        new ArrayList<>(run.client.cpuByThread().entrySet());
    threadGroups.sort(Map.Entry.<String, Long>comparingByValue().reversed());
    for (Map.Entry<String, Long> group : threadGroups) {
      rest -= group.getValue();
      if (group.getValue() * 100 > run.client.cpuNanos()) {
        threadRow(table, contestant, group.getKey(), group.getValue(), run);
      }
    }
    threadRow(table, contestant, "others", rest, run);
  }

  private static void threadRow(
      MarkdownTable table, Contestant contestant, String threads, long nanos, Run run) {
    table.row(
        contestant.label(),
        threads,
        decimal((double) nanos / 1e3 / (double) run.client.delivered(), 2) + " µs",
        decimal(100.0 * (double) nanos / (double) run.client.cpuNanos(), 1) + " %");
  }

  private void latency(Protocol protocol) {
    MarkdownTable table = latencyTable();
    for (Contestant contestant : contestants) {
      if (contestant != Contestant.CANNED) {
        latencyRow(table, contestant, run(contestant, protocol, 0, true));
      }
    }
    print("Time of an emit in a flood (a separate run, with a histogram)", protocol, table);
  }

  private void paced(Protocol protocol) {
    int rate = options.number("paced-rate", 10_000, 1, 1_000_000);
    MarkdownTable table = latencyTable();
    for (Contestant contestant : contestants) {
      if (contestant != Contestant.CANNED) {
        latencyRow(table, contestant, run(contestant, protocol, rate, true));
      }
    }
    latencyRow(table, Contestant.NOTHING, run(Contestant.NOTHING, protocol, rate, true));
    print("A steady " + count(rate) + " events per second", protocol, table);
  }

  private static MarkdownTable latencyTable() {
    return new MarkdownTable(
        "contestant",
        "delivered of emitted",
        "emit p50",
        "p99",
        "p99.9",
        "max",
        "client CPU / delivered",
        "all allocate / delivered");
  }

  private static void latencyRow(MarkdownTable table, Contestant contestant, Run run) {
    Measurement client = run.client;
    table.row(
        contestant.label(),
        percent(client.delivered(), client.emitted()),
        time(client.p50()),
        time(client.p99()),
        time(client.p999()),
        time(client.max()),
        decimal(client.cpuMicrosPerDelivered(), 2) + " µs",
        bytes((double) client.totalBytes() / client.delivered()));
  }

  private void steps(Protocol protocol) {
    MarkdownTable table =
        new MarkdownTable(
            "contestant",
            "events/s asked for",
            "emitted/s",
            "delivered of emitted",
            "flush after it",
            "client CPU / delivered");
    List<String> findings = new ArrayList<>();
    for (Contestant contestant : contestants) {
      if (contestant != Contestant.CANNED) {
        findings.add(
            "- "
                + contestant.label()
                + ": highest lossless rate found "
                + count(highestLossless(contestant, protocol, table))
                + " events/s");
      }
    }
    print("Steady rates, rising", protocol, table);
    findings.forEach(System.out::println);
    System.out.println();
  }

  private int highestLossless(Contestant contestant, Protocol protocol, MarkdownTable table) {
    int lossless = 0;
    int lossy = 0;
    for (int rate :
        options.numbers(
            "rates",
            options.has("quick") ? "20000,80000" : "5000,10000,20000,40000,80000,160000,320000")) {
      if (step(contestant, protocol, rate, table)) {
        lossless = rate;
      } else {
        lossy = rate;
        break;
      }
    }
    int refine = lossy == 0 ? 0 : options.number("refine", options.has("quick") ? 0 : 2, 0, 8);
    for (int i = 0; i < refine; i++) {
      int rate = (lossless + lossy) / 2;
      if (step(contestant, protocol, rate, table)) {
        lossless = rate;
      } else {
        lossy = rate;
      }
    }
    return lossless;
  }

  private boolean step(Contestant contestant, Protocol protocol, int rate, MarkdownTable table) {
    Run run = run(contestant, protocol, rate, false);
    Measurement client = run.client;
    table.row(
        contestant.label(),
        count(rate),
        count(client.emittedPerSecond()),
        percent(client.delivered(), client.emitted()),
        count(client.drainMillis()) + " ms",
        decimal(client.cpuMicrosPerDelivered(), 2) + " µs");
    return client.isLossless() && client.emittedPerSecond() >= REACHED * rate;
  }

  private Run run(Contestant contestant, Protocol protocol, int rate, boolean histogram) {
    try (Collector collector = Collector.discarding(collectorBinary, work.path())) {
      return measure(
          collector,
          contestant,
          protocol,
          "--rate",
          String.valueOf(rate),
          "--warmup",
          String.valueOf(millis / 2),
          "--histogram",
          String.valueOf(histogram));
    }
  }

  private Run measure(
      Collector collector, Contestant contestant, Protocol protocol, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--contestant",
                contestant.id(),
                "--protocol",
                protocol.id(),
                "--endpoint",
                collector.endpoint(protocol).toString(),
                "--threads",
                String.valueOf(threads),
                "--millis",
                String.valueOf(millis)));
    arguments.addAll(List.of(more));
    System.err.printf("%s over %s %s%n", contestant.id(), protocol.id(), String.join(" ", more));
    try (ChildJvm child =
        ChildJvm.start(DeliveryClient.class, work.file("client.log"), arguments)) {
      Duration timeout = Duration.ofMillis(3L * millis).plusMinutes(3);
      child.await(DeliveryClient.MEASURING, timeout);
      Duration cpu = collector.cpu();
      Measurement measured = Measurement.parse(child.await(Measurement.PREFIX, timeout));
      cpu = collector.cpu().minus(cpu);
      System.err.printf(
          "  emitted %,d delivered %,d in %,d ms%n",
          measured.emitted(), measured.delivered(), measured.totalNanos() / 1_000_000);
      return new Run(measured, cpu);
    }
  }

  private static double median(List<Run> runs, ToDoubleFunction<Run> figure) {
    double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String range(List<Run> runs, ToDoubleFunction<Run> figure) {
    if (runs.size() < 2) {
      return "";
    }
    Comparator<Run> order = Comparator.comparingDouble(figure);
    Run low = runs.stream().min(order).orElseThrow();
    Run high = runs.stream().max(order).orElseThrow();
    return " (" + count(figure.applyAsDouble(low)) + "–" + count(figure.applyAsDouble(high)) + ")";
  }

  private static String bytes(double value) {
    return decimal(value, value < 10 ? 2 : 0) + " B";
  }

  private static String time(long nanos) {
    if (nanos < 10_000) {
      return count(nanos) + " ns";
    }
    return nanos < 10_000_000 ? count(nanos / 1e3) + " µs" : count(nanos / 1e6) + " ms";
  }

  private static void print(String title, Protocol protocol, MarkdownTable table) {
    System.out.println("### " + title + " (" + protocol.id() + ")\n");
    System.out.println(table);
  }

  /**
   * @param collectorCpu the Collector's processor time while the client was measured
   */
  private record Run(Measurement client, Duration collectorCpu) {

    double collectorMicrosPerDelivered() {
      return collectorCpu.toNanos() / 1e3 / client.delivered();
    }
  }
}
