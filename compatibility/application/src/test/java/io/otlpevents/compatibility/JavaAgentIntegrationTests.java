package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Under OpenTelemetry's Java agent, in a process of its own. */
class JavaAgentIntegrationTests {

  @Test
  void tiesEventsToTheCurrentSpanAndKeepsLogsApart(@TempDir Path folder) throws Exception {
    try (LogsReceiver events = new LogsReceiver();
        LogsReceiver logs = new LogsReceiver()) {
      String seen = run(folder, events, logs);
      assertThat(seen).matches("[0-9a-f]{32}-[0-9a-f]{16}");
      assertThat(events.named("order.placed")).hasSize(1);
      assertThat(StackContract.span(events.named("order.placed").get(0))).isEqualTo(seen);
      assertThat(events.lines("a line of the log")).isEmpty();
      assertThat(logs.lines("a line of the log")).hasSize(1);
      assertThat(logs.named("order.placed")).isEmpty();
    }
  }

  /** Runs the application with the agent, and returns the span it saw. */
  private static String run(Path folder, LogsReceiver events, LogsReceiver logs) throws Exception {
    List<String> classPath =
        List.of(System.getProperty("java.class.path").split(File.pathSeparator));
    String agent =
        classPath.stream()
            .filter(entry -> entry.contains("opentelemetry-javaagent"))
            .findFirst()
            .orElseThrow();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-javaagent:" + agent);
    command.add("-Dotel.exporter.otlp.endpoint=" + logs.endpoint());
    command.add("-Dotel.exporter.otlp.protocol=http/protobuf");
    command.add("-Dotel.metrics.exporter=none");
    command.add("-cp");
    command.add(
        classPath.stream()
            .filter(entry -> !entry.equals(agent))
            .collect(Collectors.joining(File.pathSeparator)));
    command.add(ShopApplication.class.getName());
    command.addAll(StackContract.arguments(events));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    try (Stream<String> lines = Files.lines(output)) {
      return lines
          .filter(line -> line.startsWith("saw "))
          .map(line -> line.substring(4))
          .findFirst()
          .orElseThrow(() -> new AssertionError(read(output)));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
