package io.otlpevents.autoconfigure;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.otlpevents.EventEmitter;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the properties below {@code otlp} do to the requests that arrive. */
class OtlpExportIntegrationTests {

  /** Shorter than the default time-outs and back-offs, or their effect would not show. */
  private static final Duration SOON = Duration.ofSeconds(8);

  /** A frame of HTTP/2. */
  private static final int PING = 6;

  private final BlockingQueue<Received> requests = new LinkedBlockingQueue<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final ApplicationContextRunner bare =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(SslAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
          .withPropertyValues("otlp.events.batch.max-delay=1ms");
  private final ApplicationContextRunner runner =
      bare.withPropertyValues("otlp.protocol=http/protobuf");
  private @Nullable HttpServer server;

  @AfterEach
  void stop() {
    finished.countDown();
    if (server != null) {
      server.stop(0);
    }
  }

  @Test
  void sendsHeadersToTheLogsPath() throws Exception {
    int port = start(HttpServer.create(loopback(), 0), this::receive);
    Received received =
        emit("otlp.endpoint=http://localhost:" + port, "otlp.headers.x-api-key=secret");
    assertThat(received.path()).isEqualTo("/v1/logs");
    assertThat(received.headers().getFirst("x-api-key")).isEqualTo("secret");
    assertThat(received.headers().getFirst("content-type")).isEqualTo("application/x-protobuf");
    assertThat(received.headers().get("content-encoding")).isNull();
    assertThat(eventName(received.body())).isEqualTo("x");
  }

  @Test
  void keepsAPath() throws Exception {
    int port = start(HttpServer.create(loopback(), 0), this::receive);
    assertThat(emit("otlp.endpoint=http://localhost:" + port + "/tenant/logs").path())
        .isEqualTo("/tenant/logs");
  }

  @Test
  void compresses() throws Exception {
    int port = start(HttpServer.create(loopback(), 0), this::receive);
    Received received = emit("otlp.endpoint=http://localhost:" + port, "otlp.compression=gzip");
    assertThat(received.headers().getFirst("content-encoding")).isEqualTo("gzip");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(received.body()))) {
      assertThat(eventName(in.readAllBytes())).isEqualTo("x");
    }
  }

  @Test
  void compressesWithZstd() throws Exception {
    int port = start(HttpServer.create(loopback(), 0), this::receive);
    Received received = emit("otlp.endpoint=http://localhost:" + port, "otlp.compression=zstd");
    assertThat(received.headers().getFirst("content-encoding")).isEqualTo("zstd");
    try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(received.body()))) {
      assertThat(eventName(in.readAllBytes())).isEqualTo("x");
    }
  }

  @Test
  void refusesZstdWithoutItsLibrary() {
    runner
        .withClassLoader(new FilteredClassLoader("com.github.luben"))
        .withPropertyValues("otlp.compression=zstd")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasRootCauseInstanceOf(InvalidOtlpPropertyException.class)
                    .rootCause()
                    .hasMessageContaining("Property otlp.compression=zstd needs the library")
                    .hasMessageContaining("com.github.luben:zstd-jni")
                    .hasMessageContaining("set otlp.compression=gzip"));
  }

  @Test
  void sendsJson() throws Exception {
    int port = start(HttpServer.create(loopback(), 0), this::receive);
    Received received = emit("otlp.endpoint=http://localhost:" + port, "otlp.protocol=http/json");
    assertThat(received.path()).isEqualTo("/v1/logs");
    assertThat(received.headers().getFirst("content-type")).startsWith("application/json");
    assertThat(new String(received.body(), UTF_8)).contains("\"eventName\":\"x\"");
  }

  @Test
  void asksForHeadersOfEachRequest() throws Exception {
    int port = start(HttpServer.create(loopback(), 0), this::receive);
    refusals.set(1);
    AtomicInteger asked = new AtomicInteger();
    emit(
        runner.withBean(
            OtlpHeadersSupplier.class,
            () -> () -> Map.of("authorization", "token-" + asked.incrementAndGet())),
        "otlp.endpoint=http://localhost:" + port,
        "otlp.headers.authorization=fixed",
        "otlp.events.retry.initial-backoff=1ms");
    assertThat(requests)
        .extracting(received -> received.headers().getFirst("authorization"))
        .containsExactly("token-1", "token-2");
  }

  @Test
  void sendsThroughTheProxy() throws Exception {
    int port =
        start(
            HttpServer.create(loopback(), 0),
            exchange -> {
              if (exchange.getRequestHeaders().containsKey("proxy-authorization")) {
                receive(exchange);
              } else {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("proxy-authenticate", "Basic realm=\"x\"");
                exchange.sendResponseHeaders(407, -1);
                exchange.close();
              }
            });
    Received received =
        emit(
            "otlp.endpoint=http://collector.invalid:1234",
            "otlp.proxy.host=localhost",
            "otlp.proxy.port=" + port,
            "otlp.proxy.user=me",
            "otlp.proxy.password=hush");
    assertThat(received.headers().getFirst("host")).isEqualTo("collector.invalid:1234");
    assertThat(received.headers().getFirst("proxy-authorization"))
        .isEqualTo("Basic " + Base64.getEncoder().encodeToString("me:hush".getBytes(UTF_8)));
  }

  @Test
  void sendsWhereOpenTelemetrysVariablesSay() throws Exception {
    int port = start(HttpServer.create(loopback(), 0), this::receive);
    Received received =
        emit(
            bare,
            "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:" + port + "/base",
            "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL=http/protobuf",
            "OTEL_EXPORTER_OTLP_HEADERS=x-api-key=secret",
            "OTEL_EXPORTER_OTLP_COMPRESSION=gzip");
    assertThat(received.path()).isEqualTo("/base/v1/logs");
    assertThat(received.headers().getFirst("x-api-key")).isEqualTo("secret");
    assertThat(received.headers().getFirst("content-encoding")).isEqualTo("gzip");
  }

  @Test
  void pingsToKeepAConnectionAlive() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      bare.withPropertyValues(
              "otlp.endpoint=http://localhost:" + socket.getLocalPort(),
              "otlp.keep-alive=100ms",
              "otlp.events.shutdown-timeout=0s")
          .run(
              context -> {
                context.getBean(EventEmitter.class).event("x").emit();
                socket.setSoTimeout(20_000);
                try (Socket connection = socket.accept()) {
                  connection.setSoTimeout(5_000);
                  DataInputStream in = new DataInputStream(connection.getInputStream());
                  in.readNBytes(24); // the connection preface, then frames
                  int type;
                  do {
                    int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                    type = in.readUnsignedByte();
                    in.readNBytes(5 + length);
                  } while (type != PING);
                }
              });
    }
  }

  @Test
  void triesAgainAfterTheBackoff() throws Exception {
    refusals.set(2);
    int port = start(HttpServer.create(loopback(), 0), this::receive);
    emit(
        "otlp.endpoint=http://localhost:" + port,
        "otlp.events.retry.initial-backoff=1ms",
        "otlp.events.retry.max-backoff=2ms");
    assertThat(requests).hasSize(3);
  }

  @Test
  void givesUpARequestAfterTheTimeout() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    int port =
        start(
            HttpServer.create(loopback(), 0),
            exchange -> {
              if (calls.getAndIncrement() == 0) {
                awaitEnd(); // never answers the first
              } else {
                receive(exchange);
              }
            });
    emit(
        "otlp.endpoint=http://localhost:" + port,
        "otlp.timeout=100ms",
        "otlp.events.retry.initial-backoff=1ms");
    assertThat(calls).hasValue(2);
  }

  @Test
  void trustsTheBundle(@TempDir Path directory) throws Exception {
    Path store = keyStore(directory);
    HttpsServer https = HttpsServer.create(loopback(), 0);
    https.setHttpsConfigurator(new HttpsConfigurator(sslContext(store)));
    int port = start(https, this::receive);
    Received received =
        emit(
            "otlp.endpoint=https://localhost:" + port,
            "otlp.ssl.bundle=tls",
            "spring.ssl.bundle.jks.tls.truststore.location=file:" + store,
            "spring.ssl.bundle.jks.tls.truststore.password=changeit");
    assertThat(eventName(received.body())).isEqualTo("x");
  }

  @Test
  void refusesABundleThatDoesNotExist() {
    runner
        .withPropertyValues("otlp.endpoint=https://localhost:1", "otlp.ssl.bundle=nowhere")
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .hasRootCauseInstanceOf(NoSuchSslBundleException.class));
  }

  @Test
  void speaksGrpcByDefault() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      runner
          .withPropertyValues(
              "otlp.protocol=grpc",
              "otlp.endpoint=http://localhost:" + socket.getLocalPort(),
              "otlp.events.shutdown-timeout=0s")
          .run(
              context -> {
                context.getBean(EventEmitter.class).event("x").emit();
                socket.setSoTimeout(20_000);
                try (Socket connection = socket.accept()) {
                  assertThat(new String(connection.getInputStream().readNBytes(14), US_ASCII))
                      .isEqualTo("PRI * HTTP/2.0");
                }
              });
    }
  }

  private Received emit(String... properties) {
    return emit(runner, properties);
  }

  private Received emit(ApplicationContextRunner runner, String... properties) {
    runner
        .withPropertyValues(properties)
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter.event("x").emit();
              assertThat(emitter.flush(SOON).complete()).isTrue();
            });
    return requireNonNull(requests.peek());
  }

  private int start(HttpServer server, HttpHandler handler) {
    this.server = server;
    server.setExecutor(command -> new Thread(command).start());
    server.createContext("/", handler);
    server.start();
    return server.getAddress().getPort();
  }

  private void receive(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    boolean refuse = refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    requests.add(
        new Received(exchange.getRequestURI().getPath(), exchange.getRequestHeaders(), body));
    exchange.sendResponseHeaders(refuse ? 503 : 200, -1);
    exchange.close();
  }

  private void awaitEnd() {
    try {
      finished.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String eventName(byte[] body) throws IOException {
    return ExportLogsServiceRequest.parseFrom(body)
        .getResourceLogs(0)
        .getScopeLogs(0)
        .getLogRecords(0)
        .getEventName();
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static Path keyStore(Path directory) throws Exception {
    Path store = directory.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "test",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    return store;
  }

  private static SSLContext sslContext(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private record Received(String path, Headers headers, byte[] body) {}
}
