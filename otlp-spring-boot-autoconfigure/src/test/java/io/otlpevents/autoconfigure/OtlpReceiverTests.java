package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.otlpevents.autoconfigure.OtlpProperties.Protocol;
import io.otlpevents.autoconfigure.ReceiverTls.Source;
import io.otlpevents.delivery.Destination;
import io.otlpevents.otlp.OtlpCompression;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What applies where properties and OpenTelemetry's variables both say something, or neither. */
class OtlpReceiverTests {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration.class))
          .withBean(Destination.class, FakeDestination::answering);

  @Test
  void readsTheVariables() {
    assertThat(
            receiver(
                "OTEL_EXPORTER_OTLP_ENDPOINT=https://collector/base",
                "OTEL_EXPORTER_OTLP_PROTOCOL=http/json",
                "OTEL_EXPORTER_OTLP_HEADERS=x-api-key=a%20b",
                "OTEL_EXPORTER_OTLP_COMPRESSION=gzip",
                "OTEL_EXPORTER_OTLP_TIMEOUT=1500"))
        .isEqualTo(
            new OtlpReceiver(
                URI.create("https://collector/base/v1/logs"),
                Protocol.HTTP_JSON,
                Map.of("x-api-key", "a b"),
                OtlpCompression.GZIP,
                Duration.ofMillis(1500),
                ReceiverTls.NONE));
  }

  @Test
  void readsSystemPropertiesOfTheSameNames() {
    assertThat(receiver("otel.exporter.otlp.endpoint=http://collector:4317").endpoint())
        .isEqualTo(URI.create("http://collector:4317"));
  }

  @Test
  void prefersTheVariablesForLogs() {
    assertThat(
            receiver(
                    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT=http://logs:4317",
                    "OTEL_EXPORTER_OTLP_ENDPOINT=http://all:4317")
                .endpoint())
        .isEqualTo(URI.create("http://logs:4317"));
  }

  @Test
  void prefersThePropertiesEvenToMalformedVariables() {
    assertThat(
            receiver(
                "otlp.endpoint=http://mine:4317",
                "otlp.protocol=grpc",
                "otlp.headers.a=b",
                "otlp.compression=none",
                "otlp.timeout=3s",
                "OTEL_EXPORTER_OTLP_ENDPOINT=nonsense",
                "OTEL_EXPORTER_OTLP_PROTOCOL=nonsense",
                "OTEL_EXPORTER_OTLP_HEADERS=nonsense",
                "OTEL_EXPORTER_OTLP_COMPRESSION=nonsense",
                "OTEL_EXPORTER_OTLP_TIMEOUT=nonsense"))
        .isEqualTo(
            new OtlpReceiver(
                URI.create("http://mine:4317"),
                Protocol.GRPC,
                Map.of("a", "b"),
                OtlpCompression.NONE,
                Duration.ofSeconds(3),
                ReceiverTls.NONE));
  }

  @ParameterizedTest
  @CsvSource({
    "http://collector:4318, HTTP_PROTOBUF, http://collector:4318/v1/logs",
    "http://collector:4317, GRPC, http://collector:4317",
    "https://collector, GRPC, https://collector",
  })
  void tellsTheProtocolByThePortWhereNoneIsNamed(String variable, Protocol protocol, URI endpoint) {
    OtlpReceiver receiver = receiver("OTEL_EXPORTER_OTLP_ENDPOINT=" + variable);
    assertThat(receiver.protocol()).isEqualTo(protocol);
    assertThat(receiver.endpoint()).isEqualTo(endpoint);
  }

  @ParameterizedTest
  @CsvSource({"ENDPOINT", "PROTOCOL", "HEADERS", "COMPRESSION", "TIMEOUT"})
  void refusesAMalformedVariableWithoutShowingIt(String suffix) {
    String variable = "OTEL_EXPORTER_OTLP_" + suffix;
    assertThatThrownBy(() -> receiver(variable + "=hush"))
        .isInstanceOf(InvalidOtlpPropertyException.class)
        .hasMessage(
            "Property "
                + variable
                + " is malformed. Correct it, or set the property below otlp that takes its"
                + " place.");
  }

  @Test
  void leavesVariablesAloneThatAreOfNoConcern() {
    runner
        .withPropertyValues("OTEL_EXPORTER_OTLP_ENDPOINT=nonsense")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void readsTheVariablesOfCertificates() {
    ReceiverTls tls =
        receiver(
                "otlp.endpoint=https://collector:4317",
                "OTEL_EXPORTER_OTLP_CERTIFICATE=/all.pem",
                "OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE=/logs.pem",
                "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE=/client.pem",
                "otel.exporter.otlp.logs.client.key=/key.pem")
            .tls();
    assertThat(tls)
        .isEqualTo(
            new ReceiverTls(
                null,
                new Source("OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE", "/logs.pem"),
                new Source("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/client.pem"),
                new Source("OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY", "/key.pem")));
  }

  @Test
  void prefersThePropertiesOfCertificatesToTheVariables() {
    ReceiverTls tls =
        receiver(
                "otlp.endpoint=https://collector:4317",
                "otlp.ssl.certificate=/mine.pem",
                "otlp.ssl.client-certificate=/my-client.pem",
                "otlp.ssl.client-key=/my-key.pem",
                "OTEL_EXPORTER_OTLP_CERTIFICATE=/all.pem",
                "OTEL_EXPORTER_OTLP_CLIENT_KEY=/key.pem")
            .tls();
    assertThat(tls)
        .isEqualTo(
            new ReceiverTls(
                null,
                new Source("otlp.ssl.certificate", "/mine.pem"),
                new Source("otlp.ssl.client-certificate", "/my-client.pem"),
                new Source("otlp.ssl.client-key", "/my-key.pem")));
  }

  @ParameterizedTest
  @CsvSource({
    "CLIENT_KEY, OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
    "CLIENT_CERTIFICATE, OTEL_EXPORTER_OTLP_CLIENT_KEY"
  })
  void refusesHalfAClientCertificate(String suffix, String missing) {
    String set = "OTEL_EXPORTER_OTLP_LOGS_" + suffix;
    assertThatThrownBy(() -> receiver("otlp.endpoint=https://collector:4317", set + "=/client.pem"))
        .isInstanceOf(InvalidOtlpPropertyException.class)
        .hasMessage("Property %s is not set, but %s is. Set both, or remove both.", missing, set);
  }

  @Test
  void leavesVariablesOfCertificatesAloneWhereNothingIsEncryptedOrABundleIsNamed() {
    assertThat(receiver("OTEL_EXPORTER_OTLP_CERTIFICATE=/ca.pem").tls())
        .isEqualTo(ReceiverTls.NONE);
    assertThat(
            receiver(
                    "otlp.endpoint=https://collector:4317",
                    "otlp.ssl.bundle=tls",
                    "OTEL_EXPORTER_OTLP_CLIENT_KEY=/key.pem")
                .tls())
        .isEqualTo(new ReceiverTls("tls", null, null, null));
  }

  @Test
  void showsNoHeadersAsText() {
    assertThat(receiver("otlp.headers.a=hush").toString()).doesNotContain("hush");
  }

  /** A destination of the user's keeps the variables out of the start, so they are read here. */
  private OtlpReceiver receiver(String... settings) {
    AtomicReference<OtlpReceiver> receiver = new AtomicReference<>();
    runner
        .withPropertyValues(settings)
        .run(
            context ->
                receiver.set(
                    OtlpReceiver.of(
                        context.getBean(OtlpProperties.class), context.getEnvironment())));
    return receiver.get();
  }
}
