package io.otlpevents.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The real Collector as a child process: it receives OTLP over gRPC and HTTP on the loopback
 * address and appends every request to a file. It may be ended and started again, on the same ports
 * and with the same file. For one thread, except {@link #records()}.
 *
 * <p>The file exporter's plain mode keeps what it has confirmed in a buffer for up to its flush
 * interval, and loses it when the process is killed. With {@code rotation} it writes each request
 * to the file before it confirms it, and opens an existing file for appending; the size at which it
 * would begin another file is out of reach here. So a confirmed event is in the file, whatever
 * happens to the process, and a test that misses one has found a loss.
 */
final class CollectorProcess implements AutoCloseable {

  private static final String CONFIGURATION =
      """
      receivers:
      %sexporters:
        file:
          path: "%s"
          format: json
          rotation:
            max_megabytes: 65536
      service:
        telemetry:
          metrics:
            level: none
        pipelines:
          logs:
            receivers: [%s]
            exporters: [file]
      """;

  private static final String RECEIVER =
      """
        otlp/%s:
          protocols:
            grpc:
              endpoint: 127.0.0.1:%d
              max_recv_msg_size_mib: 64
              %s
            http:
              endpoint: 127.0.0.1:%d
              max_request_body_size: 67108864
              %s
      """;

  private static final Pattern SERVER =
      Pattern.compile(
          "Starting (GRPC|HTTP) server\\s.*\"otlp/(\\w+)\".*"
              + "\"endpoint\": \"127\\.0\\.0\\.1:(\\d+)\"");
  private static final String READY = "Everything is ready. Begin running and processing data.";
  private static final long SECONDS_TO_START = 60;
  private static final long SECONDS_TO_STOP = 30;
  private static final int LINES_KEPT = 60;

  private final Path binary;
  private final Path configuration;
  private final Path file;
  private final CollectorOutput output;
  private final Map<Security, Integer> grpcPorts = new ConcurrentHashMap<>();
  private final Map<Security, Integer> httpPorts = new ConcurrentHashMap<>();
  private final @Nullable Certificates certificates;
  private @Nullable Process process;
  private @Nullable Thread endWithUs;

  private final Deque<String> log = new ArrayDeque<>();

  private CollectorProcess(
      Path directory, int grpcPort, int httpPort, @Nullable Certificates certificates) {
    this.binary = CollectorBinary.require();
    this.configuration = directory.resolve("collector.yaml");
    this.file = directory.resolve("logs.json");
    this.output = new CollectorOutput(file);
    this.grpcPorts.put(Security.NONE, grpcPort);
    this.httpPorts.put(Security.NONE, httpPort);
    this.certificates = certificates;
  }

  /**
   * Starts a Collector on ports of its own choice that receives in three ways: as plain text, with
   * TLS, and with TLS from clients that show a certificate.
   *
   * @param directory where its configuration and output go
   */
  static CollectorProcess start(Path directory, Certificates certificates) {
    CollectorProcess collector = new CollectorProcess(directory, 0, 0, certificates);
    collector.start();
    return collector;
  }

  /**
   * A Collector that is not running yet, whose ports are known.
   *
   * <p>They are outside the range from which operating systems give ports to clients: a client that
   * tries again and again to reach a port of that range may be given the very port and then connect
   * to itself.
   */
  static CollectorProcess stopped(Path directory) {
    int grpcPort = freePort();
    int httpPort = freePort();
    while (httpPort == grpcPort) {
      httpPort = freePort();
    }
    return new CollectorProcess(directory, grpcPort, httpPort, null);
  }

  private static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return port;
      } catch (IOException e) {
        // Taken: another one.
      }
    }
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @throws IllegalStateException if it ends instead, or takes too long; the message has its log
   */
  void start() {
    if (isRunning()) {
      throw new IllegalStateException("the Collector runs already");
    }
    Process started;
    try {
      Files.writeString(configuration, configuration());
      started =
          new ProcessBuilder(binary.toString(), "--config", configuration.toString())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + binary, e);
    }
    process = started;
    endWithUs = new Thread(started::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(endWithUs);

    CompletableFuture<Void> ready = new CompletableFuture<>();
    Thread reader = new Thread(() -> follow(started, ready), "collector-log");
    reader.setDaemon(true);
    reader.start();
    try {
      ready.get(SECONDS_TO_START, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      kill();
      throw new IllegalStateException("the Collector did not start; its log:\n" + log(), e);
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the Collector was starting", e);
    }
  }

  private String configuration() {
    List<Security> securities =
        certificates == null ? List.of(Security.NONE) : List.of(Security.values());
    return CONFIGURATION.formatted(
        securities.stream().map(this::receiver).collect(Collectors.joining()),
        file.toString().replace("\\", "\\\\"),
        securities.stream()
            .map(security -> "otlp/" + security.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", ")));
  }

  private String receiver(Security security) {
    String tls = security.configuration(certificates);
    return RECEIVER.formatted(
        security.name().toLowerCase(Locale.ROOT),
        grpcPorts.getOrDefault(security, 0),
        tls,
        httpPorts.getOrDefault(security, 0),
        tls);
  }

  private void follow(Process started, CompletableFuture<Void> ready) {
    try (BufferedReader lines = started.inputReader()) {
      String line = lines.readLine();
      while (line != null) {
        remember(line);
        Matcher server = SERVER.matcher(line);
        if (server.find()) {
          Security security = Security.valueOf(server.group(2).toUpperCase(Locale.ROOT));
          Map<Security, Integer> ports = server.group(1).equals("GRPC") ? grpcPorts : httpPorts;
          ports.put(security, Integer.parseInt(server.group(3)));
        }
        if (line.contains(READY)) {
          ready.complete(null);
        }
        line = lines.readLine();
      }
    } catch (IOException e) {
      remember(e.toString());
    }
    ready.completeExceptionally(new IllegalStateException("the Collector has ended"));
  }

  private void remember(String line) {
    synchronized (log) {
      log.addLast(line);
      if (log.size() > LINES_KEPT) {
        log.removeFirst();
      }
    }
  }

  /** The last lines of its log. */
  String log() {
    synchronized (log) {
      return String.join("\n", log);
    }
  }

  boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** Where it receives OTLP over gRPC. */
  URI grpcEndpoint(Security security) {
    return security.endpoint(grpcPorts.get(security));
  }

  /** Where it receives OTLP over HTTP. */
  URI httpEndpoint(Security security) {
    return security.endpoint(httpPorts.get(security));
  }

  /**
   * The events it has written so far, in the order of the file. Whatever it has confirmed is there.
   */
  List<ReceivedEvent> records() {
    return output.events();
  }

  /** Ends it as {@code kill -9} does. */
  void kill() {
    if (process != null) {
      process.destroyForcibly();
      awaitEnd();
    }
  }

  /**
   * Asks it to end, as {@code kill} does, and waits.
   *
   * @throws IllegalStateException if it does not end, or not cleanly
   */
  void stop() {
    if (process == null) {
      return;
    }
    boolean running = process.isAlive();
    process.toHandle().destroy();
    int exitCode = awaitEnd();
    if (!running || exitCode != 0) {
      throw new IllegalStateException(
          (running ? "asked to stop" : "unasked")
              + ", the Collector ended with code "
              + exitCode
              + "; its log:\n"
              + log());
    }
  }

  private int awaitEnd() {
    Process ending = process;
    if (ending == null) {
      throw new IllegalStateException("the Collector does not run");
    }
    process = null;
    try {
      if (!ending.waitFor(SECONDS_TO_STOP, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the Collector does not end; its log:\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the Collector was ending", e);
    } finally {
      ending.destroyForcibly();
      if (endWithUs != null) {
        Runtime.getRuntime().removeShutdownHook(endWithUs);
        endWithUs = null;
      }
    }
    return ending.exitValue();
  }

  /** {@linkplain #stop() Stops} it if it runs. */
  @Override
  public void close() {
    stop();
  }

  /** What is asked of connections. */
  enum Security {
    NONE,
    TLS,
    MUTUAL_TLS;

    private URI endpoint(int port) {
      return URI.create((this == NONE ? "http" : "https") + "://127.0.0.1:" + port);
    }

    private String configuration(@Nullable Certificates certificates) {
      if (this == NONE || certificates == null) {
        return "# plain text";
      }
      String files =
          "cert_file: \"%s\", key_file: \"%s\""
              .formatted(certificates.server(), certificates.serverKey());
      String client = ", client_ca_file: \"%s\"".formatted(certificates.client());
      return "tls: {" + files + (this == TLS ? "" : client) + "}";
    }
  }
}
