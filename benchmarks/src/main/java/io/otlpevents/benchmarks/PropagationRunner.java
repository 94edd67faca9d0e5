package io.otlpevents.benchmarks;

import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs {@link PropagationBenchmark} and prints what each filter adds. */
final class PropagationRunner {

  private PropagationRunner() {}

  public static void main(String[] args) throws RunnerException, IOException {
    Options options;
    try {
      options = Options.parse(args, "quick");
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n--quick   one fork with short iterations");
      System.exit(2);
      return;
    }
    boolean quick = options.has("quick");
    double time = 0;
    double bytes = 0;
    StringBuilder table =
        new StringBuilder("| filter | ns | added ns | added bytes |\n|---|---|---|---|\n");
    for (RunResult result :
        new Runner(
                new OptionsBuilder()
                    .include(PropagationBenchmark.class.getName())
                    .addProfiler(GCProfiler.class)
                    .forks(quick ? 1 : 3)
                    .warmupIterations(3)
                    .measurementIterations(quick ? 3 : 5)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementTime(TimeValue.seconds(quick ? 1 : 2))
                    .build())
            .run()) {
      String filter = result.getParams().getParam("filter");
      double nanos = result.getPrimaryResult().getScore();
      double allocated =
          Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm")).getScore();
      if (filter.equals("none")) {
        time = nanos;
        bytes = allocated;
      }
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.0f ± %.0f | %.0f | %.0f |%n",
              filter,
              nanos,
              result.getPrimaryResult().getScoreError(),
              nanos - time,
              allocated - bytes));
    }
    System.out.println(table);
  }
}
