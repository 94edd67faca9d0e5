package io.otlpevents.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The OpenTelemetry Collector as a child process, on loopback only. */
final class Collector implements AutoCloseable {

  private static final Pattern GRPC =
      Pattern.compile("Starting GRPC server.*\"endpoint\": \"127\\.0\\.0\\.1:(\\d+)\"");
  private static final Pattern HTTP =
      Pattern.compile("Starting HTTP server.*\"endpoint\": \"127\\.0\\.0\\.1:(\\d+)\"");
  private static final String READY = "Everything is ready. Begin running and processing data.";
  private static final Duration START = Duration.ofSeconds(30);

  private final Process process;
  private final CompletableFuture<Integer> grpcPort = new CompletableFuture<>();
  private final CompletableFuture<Integer> httpPort = new CompletableFuture<>();
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

  private Collector(Process process) {
    this.process = process;
  }

  /** Throws away what it has decoded. */
  static Collector discarding(Path binary, Path directory) {
    return discarding(binary, directory, 0, 0);
  }

  /** The same on these ports. */
  static Collector discarding(Path binary, Path directory, int grpcPort, int httpPort) {
    return start(binary, directory, "nop: {}", "nop", grpcPort, httpPort);
  }

  /**
   * Appends what it has decoded to a file, in lines of JSON.
   *
   * @param grpcPort where to listen; 0 for any port, likewise the next
   */
  static Collector writing(Path binary, Path directory, Path file, int grpcPort, int httpPort) {
    // Every millisecond, so that next to nothing that was acknowledged is in a buffer when the
    // Collector is killed.
    String exporter =
        "file: {path: '%s', append: true, format: json, flush_interval: 1ms}".formatted(file);
    return start(binary, directory, exporter, "file", grpcPort, httpPort);
  }

  private static Collector start(
      Path binary, Path directory, String exporter, String name, int grpcPort, int httpPort) {
    String configuration =
        """
        receivers:
          otlp:
            protocols:
              grpc: {endpoint: '127.0.0.1:%d', max_recv_msg_size_mib: 64}
              http: {endpoint: '127.0.0.1:%d'}
        exporters:
          %s
        service:
          telemetry:
            metrics: {level: none}
            logs: {level: info}
          pipelines:
            logs: {receivers: [otlp], exporters: [%s]}
        """
            .formatted(grpcPort, httpPort, exporter, name);
    try {
      Path file = Files.writeString(directory.resolve("collector.yaml"), configuration);
      ProcessBuilder builder = new ProcessBuilder(binary.toString(), "--config", file.toString());
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
      Collector collector = new Collector(Children.add(builder.start()));
      Path log = directory.resolve("collector.log");
      Thread reader = new Thread(() -> collector.readLog(log), "collector-log");
      reader.setDaemon(true);
      reader.start();
      collector.awaitReady(log);
      return collector;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void readLog(Path log) {
    try (BufferedReader lines = process.errorReader();
        BufferedWriter copy =
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      String line = lines.readLine();
      while (line != null) {
        copy.write(line);
        copy.newLine();
        copy.flush();
        complete(grpcPort, GRPC.matcher(line));
        complete(httpPort, HTTP.matcher(line));
        if (line.contains(READY)) {
          ready.complete(true);
        }
        line = lines.readLine();
      }
    } catch (IOException e) {
      // It was killed.
    }
    IllegalStateException ended = new IllegalStateException("the Collector ended, see " + log);
    grpcPort.completeExceptionally(ended);
    httpPort.completeExceptionally(ended);
    ready.completeExceptionally(ended);
  }

  private static void complete(CompletableFuture<Integer> port, Matcher matcher) {
    if (matcher.find()) {
      port.complete(Integer.valueOf(matcher.group(1)));
    }
  }

  private void awaitReady(Path log) {
    try {
      boolean started =
          ready
              .thenCombine(grpcPort, (a, b) -> a)
              .thenCombine(httpPort, (a, b) -> a)
              .get(START.toMillis(), TimeUnit.MILLISECONDS);
      if (started) {
        return;
      }
      throw new IllegalStateException("the Collector did not start");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      kill();
      throw new IllegalStateException("the Collector did not start, see " + log, e);
    }
  }

  URI endpoint(Protocol protocol) {
    return URI.create("http://127.0.0.1:" + (protocol == Protocol.GRPC ? grpcPort() : httpPort()));
  }

  int grpcPort() {
    return grpcPort.join();
  }

  int httpPort() {
    return httpPort.join();
  }

  /** Processor time since it started. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** SIGKILL. */
  void kill() {
    Children.kill(process);
  }

  /** SIGTERM; it writes out what it holds. */
  @Override
  public void close() {
    Children.stop(process, 20);
  }
}
