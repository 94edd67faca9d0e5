package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.otlp.TestAuthority.Leaf;
import io.otlpevents.otlp.TestAuthority.ServerTls;
import io.otlpevents.pipeline.EventPipeline;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whom destinations trust, and who they are, against servers that care. */
class TlsIntegrationTests {

  private static final Duration LONG = Duration.ofSeconds(60);

  private static X509Certificate ours;
  private static X509Certificate others;
  private static Leaf ourServer;
  private static Leaf ourClient;
  private static Leaf ourRsaClient;
  private static Leaf otherServer;
  private static Leaf otherClient;

  @TempDir Path directory;
  private Path trust;
  private Path certificate;
  private Path key;
  private ScriptedReceiver receiver;
  private EventPipeline pipeline;

  @BeforeAll
  static void createAuthorities(@TempDir Path shared) throws Exception {
    TestAuthority one = TestAuthority.create(shared, "one");
    TestAuthority two = TestAuthority.create(shared, "two");
    ours = one.certificate();
    others = two.certificate();
    ourServer = one.leaf("server", "EC");
    ourClient = one.leaf("client", "EC");
    ourRsaClient = one.leaf("rsa-client", "RSA");
    otherServer = two.leaf("server", "RSA");
    otherClient = two.leaf("client", "EC");
  }

  @BeforeEach
  void write() throws Exception {
    trust = directory.resolve("trust.pem");
    certificate = directory.resolve("client.pem");
    key = directory.resolve("client-key.pem");
    Files.writeString(trust, TestAuthority.pem(ours));
    identify(ourClient);
  }

  @AfterEach
  void stop() throws IOException {
    assertThat(pipeline.ledger().snapshot().isBalanced()).isTrue();
    pipeline.close(Duration.ZERO);
    receiver.close();
  }

  @ParameterizedTest
  @EnumSource
  void deliversToAReceiverThatTheFileTrusts(Kind kind) throws Exception {
    receiver = kind.receiver(ourServer.server(), 0);
    start(kind, settings().trustCertificates(trust));
    assertDelivered();
  }

  @ParameterizedTest
  @EnumSource
  void keepsEventsFromAReceiverThatTheFileDoesNotTrust(Kind kind) throws Exception {
    receiver = kind.receiver(otherServer.server(), 0);
    start(kind, settings().trustCertificates(trust));
    assertKept();
  }

  @ParameterizedTest
  @EnumSource
  void keepsEventsFromAReceiverThatTheJvmDoesNotTrust(Kind kind) throws Exception {
    receiver = kind.receiver(ourServer.serverFor(ours), 0);
    start(kind, settings().clientCertificate(certificate, key));
    assertKept();
  }

  @ParameterizedTest
  @EnumSource
  void keepsEventsFromAReceiverOfAnotherName(Kind kind) throws Exception {
    receiver = kind.receiver(ourServer.server(), 0);
    URI other = URI.create("https://localhost:" + receiver.endpoint().getPort());
    start(kind, OtlpSettings.builder(other).trustCertificates(trust));
    assertKept();
  }

  @ParameterizedTest
  @CsvSource({"GRPC, EC", "GRPC, RSA", "HTTP, EC", "HTTP, RSA"})
  void showsItsCertificate(Kind kind, String algorithm) throws Exception {
    identify(algorithm.equals("RSA") ? ourRsaClient : ourClient);
    receiver = kind.receiver(ourServer.serverFor(ours), 0);
    start(kind, settings().trustCertificates(trust).clientCertificate(certificate, key));
    assertDelivered();
  }

  @ParameterizedTest
  @EnumSource
  void keepsEventsWithoutACertificate(Kind kind) throws Exception {
    receiver = kind.receiver(ourServer.serverFor(ours), 0);
    start(kind, settings().trustCertificates(trust));
    assertKept();
  }

  @ParameterizedTest
  @EnumSource
  void keepsEventsWithACertificateOfAnotherAuthority(Kind kind) throws Exception {
    identify(otherClient);
    receiver = kind.receiver(ourServer.serverFor(ours), 0);
    start(kind, settings().trustCertificates(trust).clientCertificate(certificate, key));
    assertKept();
  }

  @ParameterizedTest
  @EnumSource
  void deliversAgainOnceTheFilesFollowTheReceiver(Kind kind) throws Exception {
    receiver = kind.receiver(ourServer.serverFor(ours), 0);
    int port = receiver.endpoint().getPort();
    start(kind, settings().trustCertificates(trust).clientCertificate(certificate, key));
    assertDelivered();
    receiver.close();

    receiver = kind.receiver(otherServer.serverFor(others), port);
    assertKept();
    TestAuthority.replace(trust, TestAuthority.pem(others));
    identify(otherClient);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(receiver.received).hasSize(1);
    assertThat(account().delivered()).isEqualTo(2);
    assertThat(account().refusedTotal()).isZero();
  }

  private void identify(Leaf leaf) throws Exception {
    TestAuthority.replace(certificate, TestAuthority.pem(leaf.certificate()));
    TestAuthority.replace(key, TestAuthority.pem(leaf.key()));
  }

  private OtlpSettings.Builder settings() {
    return OtlpSettings.builder(receiver.endpoint());
  }

  private void start(Kind kind, OtlpSettings.Builder settings) {
    pipeline =
        EventPipeline.builder()
            .resource(Resource.empty())
            .scope("shop.events", "1.2")
            .delivery(
                DeliverySettings.defaults().toBuilder()
                    .maxDelay(Duration.ofMillis(5))
                    .backoff(Duration.ofMillis(5), Duration.ofMillis(50))
                    .build())
            .destination(kind.destination(settings.build()))
            .build();
  }

  private void assertDelivered() {
    pipeline.emitter().event("order.placed").emit();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(receiver.received).hasSize(1);
    assertThat(account().delivered()).isOne();
  }

  private void assertKept() {
    long retries = account().retries();
    pipeline.emitter().event("order.placed").emit();
    await().until(() -> account().retries() > retries + 2);
    assertThat(account().pending()).isOne();
    assertThat(account().refusedTotal()).isZero();
    assertThat(receiver.received).isEmpty();
  }

  private DestinationAccount.Snapshot account() {
    return pipeline.ledger().snapshot().destinations().get("otlp");
  }

  private enum Kind {
    GRPC {
      @Override
      ScriptedReceiver receiver(ServerTls tls, int port) throws Exception {
        return new GrpcReceiver(tls, port);
      }

      @Override
      Destination destination(OtlpSettings settings) {
        return OtlpGrpcDestination.create(settings);
      }
    },
    HTTP {
      @Override
      ScriptedReceiver receiver(ServerTls tls, int port) throws Exception {
        return new HttpReceiver(tls, port);
      }

      @Override
      Destination destination(OtlpSettings settings) {
        return OtlpHttpDestination.create(settings);
      }
    },
    GRPC_OVER_SENDER {
      @Override
      ScriptedReceiver receiver(ServerTls tls, int port) throws Exception {
        return new GrpcReceiver(tls, port);
      }

      @Override
      Destination destination(OtlpSettings settings) {
        return OtlpGrpcDestination.over(settings, SenderTransport::create);
      }
    },
    HTTP_OVER_SENDER {
      @Override
      ScriptedReceiver receiver(ServerTls tls, int port) throws Exception {
        return new HttpReceiver(tls, port);
      }

      @Override
      Destination destination(OtlpSettings settings) {
        return OtlpHttpDestination.over(settings, OtlpEncoding.PROTOBUF, SenderTransport::create);
      }
    };

    abstract ScriptedReceiver receiver(ServerTls tls, int port) throws Exception;

    abstract Destination destination(OtlpSettings settings);
  }
}
