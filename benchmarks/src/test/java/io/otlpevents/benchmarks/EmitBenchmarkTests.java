package io.otlpevents.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Shows that the benchmarks run and count, not how fast anything is. */
class EmitBenchmarkTests {

  @TempDir Path tallies;

  @Test
  void everyEventOfTheEngineSurvives() throws Exception {
    EmitTally tally = run("engine");

    assertThat(tally.emitted()).isPositive();
    assertThat(tally.survived()).isEqualTo(tally.emitted());
  }

  @Test
  void everyEventOfTheEngineOnDiskSurvives() throws Exception {
    EmitTally tally = run("engineDisk");

    assertThat(tally.emitted()).isPositive();
    assertThat(tally.survived()).isEqualTo(tally.emitted());
  }

  @Test
  void countsWhatThePeerExports() throws Exception {
    EmitTally tally = run("blrp");

    assertThat(tally.survived()).isPositive().isLessThanOrEqualTo(tally.emitted());
  }

  private EmitTally run(String benchmark) throws Exception {
    System.setProperty(EmitTally.FOLDER, tallies.toString());
    try {
      RunResult result =
          new Runner(
                  new OptionsBuilder()
                      .include("EmitBenchmark\\." + benchmark + "$")
                      .forks(0)
                      .warmupIterations(0)
                      .measurementIterations(1)
                      .measurementTime(TimeValue.milliseconds(100))
                      .shouldFailOnError(true)
                      .verbosity(VerboseMode.SILENT)
                      .build())
              .runSingle();
      return EmitTally.read(tallies, result.getParams().getBenchmark(), 1);
    } finally {
      System.clearProperty(EmitTally.FOLDER);
    }
  }
}
