package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.otlp.TestAuthority.Leaf;
import io.otlpevents.pipeline.EventPipeline;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Delivery through an HTTP proxy, and past it. */
class ProxyIntegrationTests {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String CREDENTIALS =
      "Basic "
          + Base64.getEncoder().encodeToString("shop:pa:ss".getBytes(StandardCharsets.US_ASCII));

  @TempDir static Path shared;
  private static Path trust;
  private static Leaf leaf;

  private final ProxySelector before = ProxySelector.getDefault();
  private TestProxy proxy;

  @BeforeAll
  static void createAuthority() throws Exception {
    TestAuthority authority = TestAuthority.create(shared, "one");
    leaf = authority.leaf("server", "EC");
    trust =
        Files.writeString(shared.resolve("trust.pem"), TestAuthority.pem(authority.certificate()));
  }

  @BeforeEach
  void start() throws IOException {
    proxy = new TestProxy(CREDENTIALS);
  }

  @AfterEach
  void stop() throws IOException {
    ProxySelector.setDefault(before);
    proxy.close();
  }

  @Test
  void forwardsPlainRequests() throws Exception {
    try (HttpReceiver receiver = new HttpReceiver()) {
      assertDelivers(OtlpHttpDestination.create(authorized(receiver).build()), receiver);
      String url = receiver.endpoint() + "/v1/logs";
      assertThat(proxy.passed).containsExactly("POST " + url + " HTTP/1.1");
      assertThat(proxy.refused).isEmpty();
    }
  }

  @Test
  void tunnelsEncryptedRequestsAndShowsTheReceiverNoCredentials() throws Exception {
    try (HttpReceiver receiver = new HttpReceiver(leaf.server(), 0)) {
      assertDelivers(
          OtlpHttpDestination.create(authorized(receiver).trustCertificates(trust).build()),
          receiver);
      assertTunnelled(receiver);
    }
  }

  @Test
  void tunnelsGrpc() throws Exception {
    try (GrpcReceiver receiver = new GrpcReceiver()) {
      assertDelivers(OtlpGrpcDestination.create(authorized(receiver).build()), receiver);
      assertTunnelled(receiver);
    }
  }

  @Test
  void tunnelsEncryptedGrpc() throws Exception {
    try (GrpcReceiver receiver = new GrpcReceiver(leaf.server(), 0)) {
      assertDelivers(
          OtlpGrpcDestination.create(authorized(receiver).trustCertificates(trust).build()),
          receiver);
      assertTunnelled(receiver);
    }
  }

  @Test
  void keepsEventsWhileTheProxyRefusesATunnel() throws Exception {
    try (HttpReceiver receiver = new HttpReceiver(leaf.server(), 0);
        EventPipeline pipeline =
            pipeline(
                OtlpHttpDestination.create(
                    OtlpSettings.builder(receiver.endpoint())
                        .trustCertificates(trust)
                        .proxy("127.0.0.1", proxy.address().getPort(), "shop", "wrong")
                        .build()))) {
      pipeline.emitter().event("order.placed").emit();
      await().until(() -> proxy.refused.size() > 2);
      var account = pipeline.ledger().snapshot().destinations().get("otlp");
      assertThat(account.pending()).isOne();
      assertThat(account.refusedTotal()).isZero();
      assertThat(proxy.passed).isEmpty();
      assertThat(receiver.received).isEmpty();
      pipeline.close(Duration.ZERO);
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsEventsWhileTheProxyWantsOtherCredentials(OtlpEncoding encoding) throws Exception {
    try (HttpReceiver receiver = new HttpReceiver();
        EventPipeline pipeline =
            pipeline(
                OtlpHttpDestination.create(
                    OtlpSettings.builder(receiver.endpoint())
                        .proxy("127.0.0.1", proxy.address().getPort(), "shop", "wrong")
                        .build(),
                    encoding))) {
      pipeline.emitter().event("order.placed").emit();
      await().until(() -> proxy.refused.size() > 2);
      var account = pipeline.ledger().snapshot().destinations().get("otlp");
      assertThat(account.pending()).isOne();
      assertThat(account.refusedTotal()).isZero();
      assertThat(proxy.passed).isEmpty();
      assertThat(receiver.received).isEmpty();
      pipeline.close(Duration.ZERO);
    }
  }

  @Test
  void usesTheProxyOfTheJvmButNotForALoopbackAddress() throws Exception {
    proxy.close();
    proxy = new TestProxy("");
    ProxySelector.setDefault(ProxySelector.of(proxy.address()));
    try (HttpReceiver receiver = new HttpReceiver()) {
      assertDelivers(
          OtlpHttpDestination.create(OtlpSettings.builder(receiver.endpoint()).build()), receiver);
      assertThat(proxy.passed).isEmpty();
    }
    try (HttpReceiver receiver = new HttpReceiver()) {
      URI elsewhere = URI.create("http://collector.test:" + receiver.endpoint().getPort());
      assertDelivers(OtlpHttpDestination.create(OtlpSettings.builder(elsewhere).build()), receiver);
      assertThat(proxy.passed).containsExactly("POST " + elsewhere + "/v1/logs HTTP/1.1");
    }
  }

  private OtlpSettings.Builder authorized(ScriptedReceiver receiver) {
    return OtlpSettings.builder(receiver.endpoint())
        .proxy("127.0.0.1", proxy.address().getPort(), "shop", "pa:ss");
  }

  private void assertTunnelled(ScriptedReceiver receiver) {
    assertThat(proxy.passed)
        .containsExactly("CONNECT 127.0.0.1:" + receiver.endpoint().getPort() + " HTTP/1.1");
    assertThat(receiver.received.get(0).headers()).doesNotContainKey("proxy-authorization");
  }

  private static void assertDelivers(Destination destination, ScriptedReceiver receiver) {
    try (EventPipeline pipeline = pipeline(destination)) {
      pipeline.emitter().event("order.placed").emit();
      assertThat(pipeline.flush(LONG).complete()).isTrue();
      assertThat(receiver.received).hasSize(1);
      assertThat(pipeline.ledger().snapshot().destinations().get("otlp").delivered()).isOne();
      assertThat(pipeline.ledger().snapshot().isBalanced()).isTrue();
    }
  }

  private static EventPipeline pipeline(Destination destination) {
    return EventPipeline.builder()
        .resource(Resource.empty())
        .scope("shop.events", "1.2")
        .delivery(
            DeliverySettings.defaults().toBuilder()
                .maxDelay(Duration.ofMillis(5))
                .backoff(Duration.ofMillis(5), Duration.ofMillis(50))
                .build())
        .destination(destination)
        .build();
  }
}
