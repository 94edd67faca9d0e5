package io.otlpevents.console;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.Status;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** OTLP/HTTP for logs, and the listing of what was received. */
final class HttpEndpoint {

  private static final System.Logger LOG = System.getLogger(OtlpReceiver.class.getName());

  private static final String NO_DELAY = "sun.net.httpserver.nodelay";

  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";

  /** How much of a refused body is read off, so that a client which still sends sees the answer. */
  private static final long MAX_DISCARDED_BYTES = 64L * 1024 * 1024;

  private static final int BUFFER_BYTES = 8 * 1024;
  private static final long GRACE_SECONDS = 1;

  private final HttpServer server;
  private final ExecutorService executor;
  private final int maxRequestBytes;
  private final Intake intake;
  private final EventStore store;
  private final boolean loopbackOnly;

  /** One permit for each request that may run; closing takes them all. */
  private final Semaphore inFlight = new Semaphore(DaemonThreads.SIZE);

  private HttpEndpoint(
      HttpServer server,
      ExecutorService executor,
      int maxRequestBytes,
      Intake intake,
      EventStore store,
      boolean loopbackOnly) {
    this.server = server;
    this.executor = executor;
    this.maxRequestBytes = maxRequestBytes;
    this.intake = intake;
    this.store = store;
    this.loopbackOnly = loopbackOnly;
  }

  static HttpEndpoint start(
      InetSocketAddress address, int maxRequestBytes, Intake intake, EventStore store)
      throws IOException {
    avoidDelayedAnswers();
    HttpServer server = HttpServer.create(address, 0);
    ExecutorService executor = DaemonThreads.pool("otlp-receiver-http");
    HttpEndpoint endpoint =
        new HttpEndpoint(
            server,
            executor,
            maxRequestBytes,
            intake,
            store,
            server.getAddress().getAddress().isLoopbackAddress());
    server.createContext("/", endpoint::handle);
    server.setExecutor(executor);
    startAsDaemon(server);
    return endpoint;
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Lets the requests in progress finish for a moment. An interrupt ends that and stays set. */
  void close() {
    try {
      // Waiting here instead of in stop(), which before JDK 24 always waits its full delay.
      boolean ignored = inFlight.tryAcquire(DaemonThreads.SIZE, GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.stop(0);
    executor.shutdown();
  }

  /**
   * JDK 17's server writes head and body of an answer apart, which on a connection that is kept
   * alive costs 40 ms each time unless TCP_NODELAY is set. This property is its only switch, and it
   * is read when the first server is created.
   */
  private static void avoidDelayedAnswers() {
    if (System.getProperty(NO_DELAY) == null) {
      System.setProperty(NO_DELAY, "true");
    }
  }

  /** The server's own thread takes over the daemon state of the thread that starts it. */
  private static void startAsDaemon(HttpServer server) {
    Thread starter = new Thread(server::start, "otlp-receiver-http-start");
    starter.setDaemon(true);
    starter.start();
    boolean interrupted = false;
    while (true) {
      try {
        starter.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      if (!inFlight.tryAcquire()) {
        exchange.getResponseHeaders().set("Retry-After", "1");
        refuse(exchange, new Refusal(503, Code.UNAVAILABLE, "The receiver is closing"));
        return;
      }
      try {
        route(exchange);
      } catch (Refusal refusal) {
        refuse(exchange, refusal);
      } finally {
        inFlight.release();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "A client of the OTLP receiver went away", e);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "The OTLP receiver failed to answer a request", e);
    }
  }

  private void route(HttpExchange exchange) throws IOException, Refusal {
    if (loopbackOnly && !LoopbackHost.isNamedIn(exchange.getRequestHeaders().get("Host"))) {
      // A page of a foreign site can reach this port through a name that it points to it.
      throw new Refusal(403, Code.PERMISSION_DENIED, "The Host header must name this machine");
    }
    String path = String.valueOf(exchange.getRequestURI().getPath());
    switch (path) {
      case "/v1/logs" -> {
        allowOnly("POST", exchange);
        receive(exchange);
      }
      case "/events" -> {
        allowOnly("GET", exchange);
        list(exchange);
      }
      case "/stats" -> {
        allowOnly("GET", exchange);
        send(exchange, 200, JSON, EventJsonWriter.stats(store.stats()));
      }
      default ->
          throw new Refusal(404, Code.NOT_FOUND, "Only /v1/logs, /events and /stats are here");
    }
  }

  private static void allowOnly(String method, HttpExchange exchange) throws Refusal {
    if (!exchange.getRequestMethod().equals(method)) {
      exchange.getResponseHeaders().set("Allow", method);
      throw new Refusal(405, Code.UNIMPLEMENTED, "Only " + method + " is supported here");
    }
  }

  private void receive(HttpExchange exchange) throws IOException, Refusal {
    String contentType = contentType(exchange);
    if (!contentType.equals(PROTOBUF) && !contentType.equals(JSON)) {
      throw new Refusal(
          415, Code.INVALID_ARGUMENT, "The content type must be " + PROTOBUF + " or " + JSON);
    }
    byte[] body = body(exchange);
    if (contentType.equals(PROTOBUF)) {
      intake.accept(decodeProtobuf(body), Transport.HTTP_PROTOBUF);
      send(exchange, 200, PROTOBUF, ExportLogsServiceResponse.getDefaultInstance().toByteArray());
    } else {
      intake.accept(decodeJson(body), Transport.HTTP_JSON);
      send(exchange, 200, JSON, "{}".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static ExportLogsServiceRequest decodeProtobuf(byte[] body) throws Refusal {
    try {
      return ExportLogsServiceRequest.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new Refusal(400, Code.INVALID_ARGUMENT, "Not valid Protobuf: " + e.getMessage());
    }
  }

  private static ExportLogsServiceRequest decodeJson(byte[] body) throws Refusal {
    try {
      return OtlpJsonDecoder.decode(body);
    } catch (MalformedRequestException e) {
      throw new Refusal(400, Code.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    }
  }

  /** The request's body, decompressed; neither form of it may be larger than allowed. */
  private byte[] body(HttpExchange exchange) throws IOException, Refusal {
    String encoding = header(exchange, "Content-Encoding").strip().toLowerCase(Locale.ROOT);
    boolean gzip = encoding.equals("gzip");
    if (!gzip && !encoding.isEmpty() && !encoding.equals("identity")) {
      throw new Refusal(415, Code.INVALID_ARGUMENT, "The content encoding must be gzip or none");
    }
    // From here on failures of reading are the connection's, those of unpacking the sender's.
    byte[] raw = readBounded(exchange.getRequestBody());
    if (!gzip) {
      return raw;
    }
    try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(raw))) {
      return readBounded(unpacked);
    } catch (IOException e) {
      throw new Refusal(400, Code.INVALID_ARGUMENT, "Not valid gzip: " + e.getMessage());
    }
  }

  private byte[] readBounded(InputStream in) throws IOException, Refusal {
    byte[] bytes = in.readNBytes(maxRequestBytes);
    if (bytes.length == maxRequestBytes && in.read() != -1) {
      throw new Refusal(
          413, Code.RESOURCE_EXHAUSTED, "A request may have up to " + maxRequestBytes + " bytes");
    }
    return bytes;
  }

  private void list(HttpExchange exchange) throws IOException, Refusal {
    Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
    @Nullable String name = query.get("name");
    @Nullable String trace = query.get("trace");
    int limit = limit(query.get("limit"));
    List<ReceivedEvent> matching =
        store.events().stream()
            .filter(event -> name == null || event.eventName().equals(name))
            .filter(event -> trace == null || event.traceId().equalsIgnoreCase(trace))
            .toList();
    List<ReceivedEvent> newest =
        matching.subList(Math.max(0, matching.size() - limit), matching.size());
    exchange.getResponseHeaders().set("Content-Type", JSON);
    // Zero means chunked: the listing is as large as the store and is never held as a whole.
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      EventJsonWriter.writeEvents(newest, out);
    }
  }

  private static int limit(@Nullable String limit) throws Refusal {
    if (limit == null) {
      return Integer.MAX_VALUE;
    }
    try {
      int number = Integer.parseInt(limit);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below, like a negative number.
    }
    throw new Refusal(400, Code.INVALID_ARGUMENT, "limit must be a number, zero or more");
  }

  /** Of a repeated parameter the last counts. */
  private static Map<String, String> query(@Nullable String rawQuery) throws Refusal {
    Map<String, String> query = new HashMap<>();
    if (rawQuery == null) {
      return query;
    }
    for (String pair : rawQuery.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        try {
          query.put(
              URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
              URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          throw new Refusal(400, Code.INVALID_ARGUMENT, "The query is not well formed");
        }
      }
    }
    return query;
  }

  /** Answers with a {@code google.rpc.Status} in the content type that the client speaks. */
  private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
    discard(exchange.getRequestBody());
    String message = String.valueOf(refusal.getMessage());
    if (contentType(exchange).equals(PROTOBUF)) {
      Status status =
          Status.newBuilder().setCode(refusal.code.getNumber()).setMessage(message).build();
      send(exchange, refusal.httpStatus, PROTOBUF, status.toByteArray());
    } else {
      send(
          exchange,
          refusal.httpStatus,
          JSON,
          EventJsonWriter.status(refusal.code.getNumber(), message));
    }
  }

  private static void discard(InputStream body) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long discarded = 0;
    while (discarded < MAX_DISCARDED_BYTES) {
      int read = body.read(buffer);
      if (read < 0) {
        return;
      }
      discarded += read;
    }
  }

  private static void send(HttpExchange exchange, int status, String contentType, byte[] body)
      throws IOException {
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", contentType);
    if (body.length == 0) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static String contentType(HttpExchange exchange) {
    String contentType = header(exchange, "Content-Type");
    int parameters = contentType.indexOf(';');
    return (parameters < 0 ? contentType : contentType.substring(0, parameters))
        .strip()
        .toLowerCase(Locale.ROOT);
  }

  /** A header's value, empty when there is none. */
  private static String header(HttpExchange exchange, String name) {
    @Nullable String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  /** A request that is answered with an error. */
  private static final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final int httpStatus;
    private final Code code;

    Refusal(int httpStatus, Code code, String message) {
      super(message, null, false, false);
      this.httpStatus = httpStatus;
      this.code = code;
    }
  }
}
