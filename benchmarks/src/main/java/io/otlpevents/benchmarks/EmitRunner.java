package io.otlpevents.benchmarks;

import static io.otlpevents.benchmarks.MarkdownTable.decimal;
import static io.otlpevents.benchmarks.MarkdownTable.percent;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs {@link EmitBenchmark} and prints its figures in relation to the peer's. */
final class EmitRunner {

  private static final String HELP =
      """
      --quick             one fork with short iterations
      --threads 1,2       how many threads emit
      --only engine,blrp  which of engine, engineDisk, engineRecord, blrp, blrpTuned
      --forks 3           JVMs for each
      --iterations 5      measured iterations in each, as many for warm-up
      --seconds 2         length of an iteration
      --profiler stack    one more of JMH's profilers
      """;

  private static final Map<String, String> LABELS =
      Map.of(
          "engine",
          "engine, `block`",
          "engineDisk",
          "engine, `block`, on disk",
          "engineRecord",
          "engine, `block`, `EventRecord`",
          "blrp",
          Contestant.BLRP.label(),
          "blrpTuned",
          Contestant.BLRP_TUNED.label());

  private EmitRunner() {}

  public static void main(String[] args) throws RunnerException, IOException {
    Options options;
    try {
      options =
          Options.parse(
              args,
              "help",
              "quick",
              "threads",
              "only",
              "forks",
              "iterations",
              "seconds",
              "profiler");
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(HELP);
      System.exit(2);
      return;
    }
    if (options.has("help")) {
      System.out.print(HELP);
      return;
    }
    WorkFolder work = WorkFolder.create();
    List<String> tables = new ArrayList<>();
    for (int threads : options.numbers("threads", "1,2")) {
      Collection<RunResult> results = new Runner(jmh(options, threads, work)).run();
      tables.add("### Emit, " + threads + " thread(s)\n\n" + table(results, threads, work));
    }
    work.remove();
    System.out.println();
    System.out.println("## Emit\n");
    System.out.println(Machine.describe("benchmarks/run-emit.sh " + String.join(" ", args)));
    tables.forEach(System.out::println);
  }

  private static org.openjdk.jmh.runner.options.Options jmh(
      Options options, int threads, WorkFolder work) {
    boolean quick = options.has("quick");
    int iterations = options.number("iterations", quick ? 2 : 5, 1, 100);
    TimeValue time = TimeValue.seconds(options.number("seconds", quick ? 1 : 2, 1, 60));
    ChainedOptionsBuilder jmh =
        new OptionsBuilder()
            .include(
                EmitBenchmark.class.getSimpleName()
                    + "\\.("
                    + String.join(
                        "|", options.texts("only", "engine,engineDisk,engineRecord,blrp,blrpTuned"))
                    + ")$")
            .threads(threads)
            .forks(options.number("forks", quick ? 1 : 3, 1, 20))
            .warmupIterations(iterations)
            .warmupTime(time)
            .measurementIterations(iterations)
            .measurementTime(time)
            .addProfiler(GCProfiler.class)
            .jvmArgsPrepend("-D" + EmitTally.FOLDER + "=" + work.path());
    String profiler = options.text("profiler", "");
    if (!profiler.isEmpty()) {
      jmh.addProfiler(profiler);
    }
    return jmh.build();
  }

  private static String table(Collection<RunResult> results, int threads, WorkFolder work)
      throws IOException {
    MarkdownTable table =
        new MarkdownTable(
            "contestant",
            "ns per emit (± 99.9 %)",
            "in relation to BLRP, default",
            "to the engine in memory",
            "survived",
            "caller CPU / emit",
            "caller allocates / emit",
            "all threads allocate / emit");
    double peer = score(results, "blrp");
    double memory = score(results, "engine");
    for (RunResult result : results) {
      double time = result.getPrimaryResult().getScore();
      double error = result.getPrimaryResult().getScoreError();
      EmitTally tally = EmitTally.read(work.path(), result.getParams().getBenchmark(), threads);
      table.row(
          LABELS.getOrDefault(name(result), name(result)),
          decimal(time, 0) + " ± " + decimal(error, 0),
          peer == 0 ? "–" : decimal(time / peer, 2) + " ×",
          memory == 0 ? "–" : decimal(time / memory, 2) + " ×",
          percent(tally.survived(), tally.emitted()),
          decimal((double) tally.callerCpuNanos() / tally.measured(), 0) + " ns",
          decimal((double) tally.callerBytes() / tally.measured(), 3) + " B",
          decimal(allocation(result), 3) + " B");
    }
    return table.toString();
  }

  private static double score(Collection<RunResult> results, String name) {
    for (RunResult result : results) {
      if (name(result).equals(name)) {
        return result.getPrimaryResult().getScore();
      }
    }
    return 0;
  }

  private static double allocation(RunResult result) {
    for (String name : result.getSecondaryResults().keySet()) {
      if (name.endsWith("gc.alloc.rate.norm")) {
        return result.getSecondaryResults().get(name).getScore();
      }
    }
    return Double.NaN;
  }

  private static String name(RunResult result) {
    String benchmark = result.getParams().getBenchmark();
    return benchmark.substring(benchmark.lastIndexOf('.') + 1);
  }
}
