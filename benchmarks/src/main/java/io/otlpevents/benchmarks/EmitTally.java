package io.otlpevents.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * What a fork of {@link EmitBenchmark} counted.
 *
 * @param emitted events of the whole fork, warm-up included
 * @param survived how many of them the exporter or the destination saw
 * @param measured events of the measured iterations
 * @param callerBytes what the emitting threads allocated in the measured iterations
 * @param callerCpuNanos their processor time in them
 */
record EmitTally(
    long emitted, long survived, long measured, long callerBytes, long callerCpuNanos) {

  /** Names the folder where forks leave their tallies. */
  static final String FOLDER = "otlpevents.benchmarks.tallies";

  void write(BenchmarkParams params) throws IOException {
    System.out.printf(
        "%nemitted %,d, survived %,d (%s)%n",
        emitted, survived, MarkdownTable.percent(survived, emitted));
    String folder = System.getProperty(FOLDER);
    if (folder == null) {
      return;
    }
    Properties properties = new Properties();
    properties.setProperty("emitted", String.valueOf(emitted));
    properties.setProperty("survived", String.valueOf(survived));
    properties.setProperty("measured", String.valueOf(measured));
    properties.setProperty("callerBytes", String.valueOf(callerBytes));
    properties.setProperty("callerCpuNanos", String.valueOf(callerCpuNanos));
    Path file =
        Path.of(
            folder,
            prefix(params.getBenchmark(), params.getThreads())
                + ProcessHandle.current().pid()
                + ".properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
  }

  /** The sum over the forks of this benchmark. */
  static EmitTally read(Path folder, String benchmark, int threads) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      String prefix = prefix(benchmark, threads);
      all.filter(file -> file.getFileName().toString().startsWith(prefix)).forEach(files::add);
    }
    EmitTally sum = new EmitTally(0, 0, 0, 0, 0);
    for (Path file : files) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
      sum =
          new EmitTally(
              sum.emitted + number(properties, "emitted"),
              sum.survived + number(properties, "survived"),
              sum.measured + number(properties, "measured"),
              sum.callerBytes + number(properties, "callerBytes"),
              sum.callerCpuNanos + number(properties, "callerCpuNanos"));
    }
    return sum;
  }

  private static String prefix(String benchmark, int threads) {
    return benchmark.substring(benchmark.lastIndexOf('.') + 1) + "-" + threads + "-";
  }

  private static long number(Properties properties, String name) {
    return Long.parseLong(properties.getProperty(name, "0"));
  }
}
