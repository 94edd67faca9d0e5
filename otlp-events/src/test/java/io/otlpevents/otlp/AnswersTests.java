package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.otlpevents.delivery.DeliveryOutcome.PartiallyDelivered;
import io.otlpevents.delivery.DeliveryOutcome.Refused;
import io.otlpevents.delivery.DeliveryOutcome.Retry;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.otlp.Transport.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTests {

  private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

  @Test
  void readsRetryAfterInSecondsAndAsADate() {
    assertThat(Answers.retryAfter("7", NOW)).isEqualTo(Duration.ofSeconds(7));
    assertThat(Answers.retryAfter("Sat, 21 Nov 2026 08:00:30 GMT", NOW))
        .isEqualTo(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "soon", "-1", "99999999999999999999", "Sat, 21 Nov 2026 07:00:00 GMT"})
  void ignoresARetryAfterThatIsUnreadableOrPast(String value) {
    assertThat(Answers.retryAfter(value, NOW)).isNull();
  }

  @Test
  void aPageThatAnswersEverythingWithSuccessIsNoReceiver() {
    Map<String, String> headers = Map.of("Content-Type", "text/html; charset=utf-8");
    Response page = new Response(200, headers::get, "<html>".getBytes(StandardCharsets.UTF_8));
    assertThat(Answers.httpProtobuf(page)).isInstanceOf(Retry.class);
    assertThat(JsonAnswer.read(page)).isInstanceOf(Retry.class);
  }

  @Test
  void measuresADateByTheReceiversOwnClock() {
    Map<String, String> headers =
        Map.of(
            "Date",
            "Sat, 21 Nov 2020 08:00:00 GMT",
            "Retry-After",
            "Sat, 21 Nov 2020 08:00:05 GMT");
    assertThat(Answers.httpProtobuf(new Response(429, headers::get, new byte[0])))
        .isEqualTo(new Retry("HTTP 429", Duration.ofSeconds(5)));
  }

  @Test
  void aProxyThatAsksForCredentialsIsNoRefusal() {
    assertThat(Answers.httpProtobuf(new Response(407, name -> null, new byte[0])))
        .isInstanceOf(Retry.class);
    assertThat(JsonAnswer.read(new Response(407, name -> null, new byte[0])))
        .isInstanceOf(Retry.class);
  }

  @Test
  void keepsAWarningThatComesWithFullSuccess() {
    byte[] protobuf =
        ExportLogsServiceResponse.newBuilder()
            .setPartialSuccess(ExportLogsPartialSuccess.newBuilder().setErrorMessage("old client"))
            .build()
            .toByteArray();
    byte[] json =
        "{\"partialSuccess\":{\"errorMessage\":\"old client\"}}".getBytes(StandardCharsets.UTF_8);
    assertThat(Answers.httpProtobuf(new Response(200, name -> null, protobuf)))
        .isEqualTo(new PartiallyDelivered(0, "old client"));
    assertThat(JsonAnswer.read(new Response(200, name -> null, json)))
        .isEqualTo(new PartiallyDelivered(0, "old client"));
  }

  @Test
  void takesTheCollectorsWordsForTooLarge() {
    byte[] body = "http: request body too large".getBytes(StandardCharsets.UTF_8);
    assertThat(Answers.httpProtobuf(new Response(400, name -> null, body)))
        .isEqualTo(new Refused(RefusalReason.TOO_LARGE, "HTTP 400"));
  }

  @Test
  void decodesTheMessageOfGrpc() {
    Map<String, String> trailers = Map.of("grpc-status", "3", "grpc-message", "caf%C3%A9 100%");
    assertThat(Answers.grpc(new Response(200, trailers::get, new byte[0])))
        .isEqualTo(new Refused(RefusalReason.INVALID_REQUEST, "caf\u00e9 100%"));
  }

  @Test
  void keepsOnlyTheBeginningOfLongWords() {
    Map<String, String> trailers = Map.of("grpc-status", "3", "grpc-message", "x".repeat(100_000));
    assertThat(Answers.grpc(new Response(200, trailers::get, new byte[0])))
        .isEqualTo(new Refused(RefusalReason.INVALID_REQUEST, "x".repeat(1000) + "..."));
  }

  @Test
  void triesAgainWhenAStatusIsMissing() {
    assertThat(Answers.grpc(new Response(200, name -> null, new byte[0])))
        .isInstanceOf(Retry.class);
  }

  @Test
  void readsAnyBytesAsAStatusWithoutFailing() {
    for (int first = 0; first < 256; first++) {
      for (int second = 0; second < 256; second++) {
        assertThat(RpcStatus.parse(new byte[] {(byte) first, (byte) second, 1, 2})).isNotNull();
      }
    }
  }
}
