package io.otlpevents.propagation.contract;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A process with OpenTelemetry's agent, and {@link ForkedApplications} in it. */
public final class ForkedJvm {

  /** What the agent makes. */
  final SpansReceiver received;

  private final Writer commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Queue<String> log = new ConcurrentLinkedQueue<>();

  private ForkedJvm() {
    try {
      received = new SpansReceiver();
      Process process = new ProcessBuilder(command()).redirectErrorStream(true).start();
      commands = process.outputWriter(StandardCharsets.UTF_8);
      Thread reader = new Thread(() -> read(process), "forked-jvm");
      reader.setDaemon(true);
      reader.start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One for all tests, for starting it takes long. It ends with this process. */
  public static ForkedJvm shared() {
    return Holder.JVM;
  }

  private List<String> command() {
    List<String> classPath =
        List.of(System.getProperty("java.class.path").split(File.pathSeparator));
    String agent =
        classPath.stream()
            .filter(entry -> entry.contains("opentelemetry-javaagent"))
            .findFirst()
            .orElseThrow();
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-javaagent:" + agent,
        "-Dotel.exporter.otlp.endpoint=" + received.endpoint(),
        "-Dotel.exporter.otlp.protocol=http/protobuf",
        "-Dotel.metrics.exporter=none",
        "-Dotel.logs.exporter=none",
        "-Dotel.bsp.schedule.delay=10",
        "-cp",
        classPath.stream()
            .filter(entry -> !entry.equals(agent))
            .collect(Collectors.joining(File.pathSeparator)),
        ForkedApplications.class.getName());
  }

  private void read(Process process) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(ForkedApplications.MARK)) {
          answers.add(line.substring(ForkedApplications.MARK.length()));
        } else {
          log.add(line);
        }
      }
      answers.add(ForkedApplications.FAILED + "the process has ended");
    } catch (IOException e) {
      answers.add(ForkedApplications.FAILED + e);
    }
  }

  /** Sends a command and returns the lines of its answer. */
  synchronized List<String> ask(String... command) {
    try {
      commands.write(String.join("\t", command) + "\n");
      commands.flush();
      List<String> lines = new ArrayList<>();
      while (true) {
        String line = answers.poll(2, TimeUnit.MINUTES);
        if (line == null || line.startsWith(ForkedApplications.FAILED)) {
          throw new AssertionError(
              String.join(" ", command) + ": " + line + "\n" + String.join("\n", log));
        }
        if (line.equals(ForkedApplications.DONE)) {
          return lines;
        }
        lines.add(line);
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(String.join("\n", log), e);
    }
  }

  /** How many lines of the log have a text, up to the last answer. */
  public long logged(String text) {
    return log.stream().filter(line -> line.contains(text)).count();
  }

  /** Starts it when it is first needed. */
  private static final class Holder {
    static final ForkedJvm JVM = new ForkedJvm();
  }
}
