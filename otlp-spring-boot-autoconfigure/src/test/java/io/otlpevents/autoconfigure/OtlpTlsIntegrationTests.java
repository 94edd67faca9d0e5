package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.otlpevents.EventEmitter;
import io.otlpevents.ledger.DestinationAccount;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

/** What the settings of certificates do to connections. */
@ExtendWith(OutputCaptureExtension.class)
class OtlpTlsIntegrationTests {

  private static final Duration LONG = Duration.ofSeconds(60);

  private static TestCertificates receiver;
  private static TestCertificates stranger;
  private static TestCertificates client;

  @TempDir Path directory;
  private Path trust;
  private Path certificate;
  private Path key;
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private @Nullable HttpsServer server;
  private ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(SslAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
          .withPropertyValues(
              "otlp.protocol=http/protobuf",
              "otlp.events.batch.max-delay=1ms",
              "otlp.events.retry.initial-backoff=1ms",
              "otlp.events.retry.max-backoff=50ms",
              "otlp.events.shutdown-timeout=0s");

  @BeforeAll
  static void createCertificates(@TempDir Path shared) throws Exception {
    receiver = TestCertificates.create(shared, "receiver");
    stranger = TestCertificates.create(shared, "stranger");
    client = TestCertificates.create(shared, "client");
  }

  @BeforeEach
  void write() throws Exception {
    trust = receiver.certificateFile(directory.resolve("trust.pem"));
    certificate = client.certificateFile(directory.resolve("client.pem"));
    key = client.keyFile(directory.resolve("client-key.pem"));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop(0);
    }
    executor.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "otlp.ssl.certificate=",
        "otlp.ssl.certificate=file:",
        "OTEL_EXPORTER_OTLP_CERTIFICATE=",
        "OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE="
      })
  void trustsTheCertificatesOfTheFile(String setting) throws Exception {
    start(null);
    runner.withPropertyValues(setting + trust).run(this::assertDelivers);
    stranger.certificateFile(trust);
    runner.withPropertyValues(setting + trust).run(this::assertKeeps);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "otlp.ssl.client-certificate=%s otlp.ssl.client-key=%s",
        "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=%s OTEL_EXPORTER_OTLP_CLIENT_KEY=%s",
        "OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE=%s OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY=%s"
      })
  void presentsTheClientCertificate(String settings) throws Exception {
    start(client);
    ApplicationContextRunner trusting = runner.withPropertyValues("otlp.ssl.certificate=" + trust);
    trusting
        .withPropertyValues(settings.formatted(certificate, key).split(" "))
        .run(this::assertDelivers);
    trusting.run(this::assertKeeps);
  }

  @Test
  void followsAFileThatChanges() throws Exception {
    stranger.certificateFile(trust);
    start(null);
    runner
        .withPropertyValues("otlp.ssl.certificate=" + trust)
        .run(
            context -> {
              assertKeeps(context);
              receiver.certificateFile(trust);
              assertThat(context.getBean(EventEmitter.class).flush(LONG).complete()).isTrue();
              assertThat(requests).hasValue(1);
            });
  }

  @Test
  void followsABundleThatChanges(CapturedOutput output) throws Exception {
    stranger.certificateFile(trust);
    stranger.certificateFile(certificate);
    stranger.keyFile(key);
    start(client);
    runner
        .withPropertyValues(
            "otlp.ssl.bundle=tls",
            "spring.ssl.bundle.watch.file.quiet-period=10ms",
            "spring.ssl.bundle.pem.tls.reload-on-update=true",
            "spring.ssl.bundle.pem.tls.truststore.certificate=" + trust,
            "spring.ssl.bundle.pem.tls.keystore.certificate=" + certificate,
            "spring.ssl.bundle.pem.tls.keystore.private-key=" + key)
        .run(
            context -> {
              assertKeeps(context);
              receiver.certificateFile(trust);
              client.keyFile(key);
              client.certificateFile(certificate);
              EventEmitter emitter = context.getBean(EventEmitter.class);
              assertThat(emitter.flush(LONG).complete()).isTrue();
              assertThat(requests).hasValue(1);
              assertThat(output).contains("SSL bundle 'tls': changed, and in use");
            });
  }

  @Test
  void namesTheSettingOfAFileThatIsMissing() throws Exception {
    start(null);
    assertRefuses(
        "Property otlp.ssl.certificate=/nowhere/ca.pem names no file that exists and can be read."
            + " Write the path of a PEM file.",
        "otlp.ssl.certificate=/nowhere/ca.pem");
    assertRefuses(
        "Property otlp.ssl.client-key=classpath:nowhere.pem names no file",
        "otlp.ssl.client-certificate=" + certificate,
        "otlp.ssl.client-key=classpath:nowhere.pem");
    assertRefuses(
        "Property OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE=/nowhere/ca.pem names no file",
        "OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE=/nowhere/ca.pem");
  }

  @Test
  void namesTheSettingOfAFileThatCannotBeUsed() throws Exception {
    start(null);
    assertRefuses(
        "Property otlp.ssl.certificate=" + key + " cannot be used: no certificate in " + key,
        "otlp.ssl.certificate=" + key);
    assertRefuses(
        "Property otlp.ssl.client-certificate=" + key + " cannot be used: no certificate in " + key,
        "otlp.ssl.client-certificate=" + key,
        "otlp.ssl.client-key=" + key);
    stranger.keyFile(key);
    assertRefuses(
        "Property otlp.ssl.client-key=" + key + " cannot be used: not the key of the certificate",
        "otlp.ssl.client-certificate=" + certificate,
        "otlp.ssl.client-key=" + key);
    String secret = Files.readAllLines(key).get(1);
    Files.writeString(key, Files.readString(key).replace("PRIVATE", "ENCRYPTED PRIVATE"));
    runner
        .withPropertyValues(
            "otlp.ssl.client-certificate=" + certificate, "otlp.ssl.client-key=" + key)
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .hasMessageContaining("not one unencrypted key")
                    .hasMessageNotContaining(secret));
  }

  private void assertDelivers(ApplicationContext context) {
    int before = requests.get();
    EventEmitter emitter = context.getBean(EventEmitter.class);
    emitter.event("order.placed").emit();
    assertThat(emitter.flush(LONG).complete()).isTrue();
    assertThat(requests).hasValue(before + 1);
    assertThat(account(context).delivered()).isOne();
  }

  private void assertKeeps(ApplicationContext context) {
    int before = requests.get();
    context.getBean(EventEmitter.class).event("order.placed").emit();
    await().until(() -> account(context).retries() > 2);
    assertThat(account(context).pending()).isOne();
    assertThat(account(context).refusedTotal()).isZero();
    assertThat(requests).hasValue(before);
  }

  private void assertRefuses(String message, String... settings) {
    runner
        .withPropertyValues(settings)
        .run(
            context ->
                assertThat(context.getStartupFailure())
                    .rootCause()
                    .isInstanceOf(InvalidOtlpPropertyException.class)
                    .hasMessageStartingWith(message));
  }

  private static DestinationAccount.Snapshot account(ApplicationContext context) {
    return context
        .getBean(ManagedEventPipeline.class)
        .pipeline()
        .ledger()
        .snapshot()
        .destinations()
        .get("otlp");
  }

  /** Starts a receiver, for clients with this certificate where there is one. */
  private void start(@Nullable TestCertificates clients) throws Exception {
    HttpsServer https =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    https.setHttpsConfigurator(
        new HttpsConfigurator(receiver.server(clients)) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ours = getSSLContext().getDefaultSSLParameters();
            ours.setNeedClientAuth(clients != null);
            parameters.setSSLParameters(ours);
          }
        });
    https.setExecutor(executor);
    https.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          requests.incrementAndGet();
          respond(exchange);
        });
    https.start();
    server = https;
    runner =
        runner.withPropertyValues(
            "otlp.endpoint=https://localhost:" + https.getAddress().getPort());
  }

  private static void respond(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }
}
