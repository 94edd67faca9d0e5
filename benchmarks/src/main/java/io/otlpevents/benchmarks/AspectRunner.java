package io.otlpevents.benchmarks;

import static io.otlpevents.benchmarks.MarkdownTable.decimal;

import java.util.Collection;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs {@link AspectBenchmark} and prints its figures in relation to {@code @WithSpan}'s. */
final class AspectRunner {

  private static final String HELP =
      """
      --quick             one fork with short iterations
      --only BARE         which of BARE, EMIT_EVENT, WITH_SPAN, OBSERVED
      --forks 3           JVMs for each
      --iterations 5      measured iterations in each, as many for warm-up
      --seconds 2         length of an iteration
      --profiler stack    one more of JMH's profilers
      """;

  private static final Map<String, String> LABELS =
      Map.of(
          "BARE",
          "a proxy that does nothing",
          "EMIT_EVENT",
          "`@EmitEvent`, three attributes",
          "WITH_SPAN",
          "`@WithSpan`, three attributes",
          "OBSERVED",
          "`@Observed`, three key values");

  private AspectRunner() {}

  public static void main(String[] args) throws RunnerException {
    Options options;
    try {
      options =
          Options.parse(
              args, "help", "quick", "only", "forks", "iterations", "seconds", "profiler");
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
    Collection<RunResult> results = new Runner(jmh(options)).run();
    System.out.println();
    System.out.println("## Annotated methods\n");
    System.out.println(Machine.describe("benchmarks/run-aspect.sh " + String.join(" ", args)));
    System.out.println(table(results));
  }

  private static org.openjdk.jmh.runner.options.Options jmh(Options options) {
    boolean quick = options.has("quick");
    int iterations = options.number("iterations", quick ? 3 : 5, 1, 100);
    TimeValue time = TimeValue.seconds(options.number("seconds", quick ? 1 : 2, 1, 60));
    ChainedOptionsBuilder jmh =
        new OptionsBuilder()
            .include(AspectBenchmark.class.getSimpleName() + "\\.call$")
            .forks(options.number("forks", quick ? 1 : 3, 1, 20))
            .warmupIterations(iterations)
            .warmupTime(time)
            .measurementIterations(iterations)
            .measurementTime(time)
            .addProfiler(GCProfiler.class);
    String only = options.text("only", "");
    if (!only.isEmpty()) {
      jmh.param("kind", only.split(",", -1));
    }
    String profiler = options.text("profiler", "");
    if (!profiler.isEmpty()) {
      jmh.addProfiler(profiler);
    }
    return jmh.build();
  }

  private static String table(Collection<RunResult> results) {
    double peer = 0;
    for (RunResult result : results) {
      if (kind(result).equals("WITH_SPAN")) {
        peer = result.getPrimaryResult().getScore();
      }
    }
    MarkdownTable table =
        new MarkdownTable(
            "call",
            "ns (± 99.9 %)",
            "in relation to `@WithSpan`",
            "caller allocates",
            "all threads allocate");
    for (RunResult result : results) {
      double time = result.getPrimaryResult().getScore();
      table.row(
          LABELS.getOrDefault(kind(result), kind(result)),
          decimal(time, 0) + " ± " + decimal(result.getPrimaryResult().getScoreError(), 0),
          peer == 0 ? "–" : decimal(time / peer, 2) + " ×",
          decimal(secondary(result, "bytes") / secondary(result, "calls"), 0) + " B",
          decimal(secondary(result, "gc.alloc.rate.norm"), 0) + " B");
    }
    return table.toString();
  }

  private static double secondary(RunResult result, String suffix) {
    for (String name : result.getSecondaryResults().keySet()) {
      if (name.endsWith(suffix)) {
        return result.getSecondaryResults().get(name).getScore();
      }
    }
    return Double.NaN;
  }

  private static String kind(RunResult result) {
    return result.getParams().getParam("kind");
  }
}
