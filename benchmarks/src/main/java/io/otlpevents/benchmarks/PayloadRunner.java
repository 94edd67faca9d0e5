package io.otlpevents.benchmarks;

import static io.otlpevents.benchmarks.MarkdownTable.decimal;
import static io.otlpevents.benchmarks.MarkdownTable.percent;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs {@link PayloadBenchmark} and prints its figures in relation to Jackson's text. */
final class PayloadRunner {

  private static final String ALL =
      "flat,structuredBody,nestedAttribute,jsonString,jacksonText,jacksonTextBlrp";

  private static final String HELP =
      """
      --quick             one fork with fewer iterations
      --only flat,...     which of %s
      --forks 3           JVMs for each
      --iterations 5      measured iterations in each, as many for warm-up
      --seconds 1         length of an iteration
      --profiler stack    one of JMH's profilers
      """
          .formatted(ALL.replace(",", ", "));

  private static final Map<String, String> LABELS =
      Map.of(
          "flat",
          "payload, `FLAT` (default)",
          "structuredBody",
          "payload, `STRUCTURED_BODY`",
          "nestedAttribute",
          "payload, `NESTED_ATTRIBUTE`",
          "jsonString",
          "payload, `JSON_STRING`",
          "jacksonText",
          "Jackson's text as an attribute, same engine",
          "jacksonTextBlrp",
          "Jackson's text as an attribute, " + Contestant.BLRP_TUNED.label());

  private PayloadRunner() {}

  public static void main(String[] args) throws RunnerException, IOException {
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
    WorkFolder work = WorkFolder.create();
    Collection<RunResult> results = new Runner(jmh(options, work)).run();
    String table = table(results, work);
    work.remove();
    System.out.println();
    System.out.println("## Payloads\n");
    System.out.println(Machine.describe("benchmarks/run-payload.sh " + String.join(" ", args)));
    System.out.println(table);
  }

  private static org.openjdk.jmh.runner.options.Options jmh(Options options, WorkFolder work) {
    boolean quick = options.has("quick");
    int iterations = options.number("iterations", quick ? 3 : 5, 1, 100);
    TimeValue time = TimeValue.seconds(options.number("seconds", 1, 1, 60));
    ChainedOptionsBuilder jmh =
        new OptionsBuilder()
            .include(
                PayloadBenchmark.class.getSimpleName()
                    + "\\.("
                    + String.join("|", options.texts("only", ALL))
                    + ")$")
            .threads(1)
            .forks(options.number("forks", quick ? 1 : 3, 1, 20))
            .warmupIterations(iterations)
            .warmupTime(time)
            .measurementIterations(iterations)
            .measurementTime(time)
            .jvmArgsPrepend("-D" + EmitTally.FOLDER + "=" + work.path());
    String profiler = options.text("profiler", "");
    if (!profiler.isEmpty()) {
      jmh.addProfiler(profiler);
    }
    return jmh.build();
  }

  private static String table(Collection<RunResult> results, WorkFolder work) throws IOException {
    MarkdownTable table =
        new MarkdownTable(
            "what is emitted",
            "ns per emit (± 99.9 %)",
            "in relation to Jackson's text",
            "caller allocates / emit",
            "in relation to Jackson's text",
            "survived");
    double time = Double.NaN;
    double bytes = Double.NaN;
    for (RunResult result : results) {
      if (name(result).equals("jacksonText")) {
        time = result.getPrimaryResult().getScore();
        bytes = bytes(tally(result, work));
      }
    }
    for (RunResult result : results) {
      double score = result.getPrimaryResult().getScore();
      EmitTally tally = tally(result, work);
      table.row(
          LABELS.getOrDefault(name(result), name(result)),
          decimal(score, 0) + " ± " + decimal(result.getPrimaryResult().getScoreError(), 0),
          ratio(score / time),
          decimal(bytes(tally), 0) + " B",
          ratio(bytes(tally) / bytes),
          percent(tally.survived(), tally.emitted()));
    }
    return table.toString();
  }

  private static EmitTally tally(RunResult result, WorkFolder work) throws IOException {
    return EmitTally.read(work.path(), result.getParams().getBenchmark(), 1);
  }

  private static double bytes(EmitTally tally) {
    return (double) tally.callerBytes() / tally.measured();
  }

  private static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "–" : decimal(ratio, 2) + " ×";
  }

  private static String name(RunResult result) {
    String benchmark = result.getParams().getBenchmark();
    return benchmark.substring(benchmark.lastIndexOf('.') + 1);
  }
}
