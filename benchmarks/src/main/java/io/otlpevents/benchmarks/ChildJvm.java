package io.otlpevents.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Another JVM with the class path and the options of this one, and a fixed heap. */
final class ChildJvm implements AutoCloseable {

  static final List<String> JVM_OPTIONS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC");

  private final Process process;
  private final Path log;
  private final ConcurrentHashMap<String, CompletableFuture<String>> lines =
      new ConcurrentHashMap<>();
  private volatile boolean ended;

  private ChildJvm(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * @param log takes what the child writes on stderr
   */
  static ChildJvm start(Class<?> main, Path log, List<String> arguments) {
    return start(main, log, arguments, JVM_OPTIONS);
  }

  /** The same with other options of the virtual machine. */
  static ChildJvm start(Class<?> main, Path log, List<String> arguments, List<String> jvmOptions) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(arguments);
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
      ChildJvm child = new ChildJvm(Children.add(builder.start()), log);
      Thread reader = new Thread(child::read, "child-output");
      reader.setDaemon(true);
      reader.start();
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader()) {
      String line = output.readLine();
      while (line != null) {
        expected(line.substring(0, line.indexOf(' ') + 1)).complete(line);
        line = output.readLine();
      }
    } catch (IOException e) {
      // The child was killed; what was waited for does not come.
    }
    ended = true;
    IllegalStateException gone = new IllegalStateException("the child process ended, see " + log);
    lines.values().forEach(line -> line.completeExceptionally(gone));
  }

  private CompletableFuture<String> expected(String prefix) {
    return lines.computeIfAbsent(prefix, p -> new CompletableFuture<>());
  }

  /** Waits for a line on stdout whose first word, with the space behind it, is this. */
  String await(String prefix, Duration timeout) {
    CompletableFuture<String> line = expected(prefix);
    if (ended) {
      line.completeExceptionally(new IllegalStateException("the child process ended, see " + log));
    }
    try {
      return line.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("no " + prefix + "from the child process, see " + log, e);
    }
  }

  @Override
  public void close() {
    Children.kill(process);
  }
}
