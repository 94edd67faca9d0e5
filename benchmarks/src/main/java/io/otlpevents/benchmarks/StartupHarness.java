package io.otlpevents.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts a minimal web application with one thing more on its class path than with another, in
 * interleaved rounds. Arguments: the number of rounds, then {@code name=file} for each class path,
 * the one that the others are compared with first.
 */
public final class StartupHarness {

  private StartupHarness() {}

  /** Measures and prints a table. */
  public static void main(String[] args) throws IOException {
    int rounds = Integer.parseInt(args[0]);
    Map<String, String> classPaths = new LinkedHashMap<>();
    for (String arg : Arrays.asList(args).subList(1, args.length)) {
      int split = arg.indexOf('=');
      classPaths.put(
          arg.substring(0, split), Files.readString(Path.of(arg.substring(split + 1))).strip());
    }
    List<String> names = List.copyOf(classPaths.keySet());
    Map<String, List<Start>> starts = new LinkedHashMap<>();
    names.forEach(name -> starts.put(name, new ArrayList<>()));
    // The first round warms the file cache.
    for (int round = -1; round < rounds; round++) {
      for (int i = 0; i < names.size(); i++) {
        // Each comes first as often as last.
        String name = names.get(Math.floorMod(i + round, names.size()));
        Start start = start(classPaths.getOrDefault(name, ""));
        if (round >= 0) {
          starts.getOrDefault(name, List.of()).add(start);
        }
      }
    }
    print(names, starts);
  }

  private static void print(List<String> names, Map<String, List<Start>> starts) {
    MarkdownTable table =
        new MarkdownTable(
            "class path",
            "time to ready, ms",
            "added, ms (quartiles)",
            "CPU added, ms",
            "classes",
            "classes added");
    List<Start> base = starts.getOrDefault(names.get(0), List.of());
    for (String name : names) {
      List<Start> own = starts.getOrDefault(name, List.of());
      double[] times = own.stream().mapToDouble(Start::millis).sorted().toArray();
      double[] classes = own.stream().mapToDouble(Start::classes).sorted().toArray();
      double[] added = new double[own.size()];
      double[] cpu = new double[own.size()];
      double[] more = new double[own.size()];
      for (int i = 0; i < added.length; i++) {
        added[i] = own.get(i).millis() - base.get(i).millis();
        cpu[i] = own.get(i).cpuMillis() - base.get(i).cpuMillis();
        more[i] = own.get(i).classes() - base.get(i).classes();
      }
      Arrays.sort(added);
      Arrays.sort(cpu);
      Arrays.sort(more);
      table.row(
          name,
          MarkdownTable.count(at(times, 0.5)),
          MarkdownTable.count(at(added, 0.5))
              + " ("
              + MarkdownTable.count(at(added, 0.25))
              + "–"
              + MarkdownTable.count(at(added, 0.75))
              + ")",
          MarkdownTable.count(at(cpu, 0.5)),
          MarkdownTable.count(at(classes, 0.5)),
          MarkdownTable.count(at(more, 0.5)));
    }
    System.out.println(table);
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }

  private static Start start(String classPath) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-cp",
            classPath,
            "shop.MinimalApplication",
            "--server.port=0",
            "--server.address=127.0.0.1");
    long begun = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> output = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        if (line.startsWith("READY ")) {
          double millis = (System.nanoTime() - begun) / 1e6;
          String[] figures = line.split(" ", -1);
          return new Start(millis, Long.parseLong(figures[1]), Long.parseLong(figures[2]));
        }
      }
      throw new IllegalStateException(String.join("\n", output));
    } finally {
      end(process);
    }
  }

  private static void end(Process process) {
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private record Start(double millis, long classes, long cpuMillis) {}
}
