package io.otlpevents.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.Code;
import com.google.rpc.Status;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HttpEndpointIntegrationTests {

  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final int MAX_REQUEST_BYTES = 100_000;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final JsonMapper mapper = JsonMapper.builder().build();
  private OtlpReceiver receiver;

  @BeforeEach
  void start() {
    receiver =
        OtlpReceiver.builder()
            .grpcPort(0)
            .httpPort(0)
            .maxRequestBytes(MAX_REQUEST_BYTES)
            .clock(Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC))
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    receiver.close();
  }

  @Test
  void receivesProtobuf() throws Exception {
    HttpResponse<byte[]> response = post(PROTOBUF, fullProtobuf());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(contentType(response)).isEqualTo(PROTOBUF);
    assertThat(ExportLogsServiceResponse.parseFrom(response.body()))
        .isEqualTo(ExportLogsServiceResponse.getDefaultInstance());
    assertReceivedFullRecord(Transport.HTTP_PROTOBUF);
  }

  @Test
  void receivesJson() throws Exception {
    HttpResponse<byte[]> response = post(JSON, utf8(Exports.FULL_JSON));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(contentType(response)).isEqualTo(JSON);
    assertThat(json(response)).isEqualTo(mapper.createObjectNode());
    assertReceivedFullRecord(Transport.HTTP_JSON);
  }

  @Test
  void receivesCompressedProtobuf() throws Exception {
    assertThat(postGzip(PROTOBUF, Exports.gzip(fullProtobuf())).statusCode()).isEqualTo(200);
    assertReceivedFullRecord(Transport.HTTP_PROTOBUF);
  }

  @Test
  void receivesCompressedJson() throws Exception {
    assertThat(postGzip(JSON, Exports.gzip(utf8(Exports.FULL_JSON))).statusCode()).isEqualTo(200);
    assertReceivedFullRecord(Transport.HTTP_JSON);
  }

  @Test
  void ignoresParametersAndCaseOfTheContentType() throws Exception {
    assertThat(post("Application/JSON; charset=utf-8", utf8("{}")).statusCode()).isEqualTo(200);
  }

  @Test
  void receivesChunkedRequests() throws Exception {
    HttpRequest request =
        post(PROTOBUF)
            .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(fullProtobuf())))
            .build();

    assertThat(send(request).statusCode()).isEqualTo(200);
    assertReceivedFullRecord(Transport.HTTP_PROTOBUF);
  }

  @Test
  void refusesMalformedProtobuf() throws Exception {
    HttpResponse<byte[]> response = post(PROTOBUF, new byte[] {10, 99, 1});

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(contentType(response)).isEqualTo(PROTOBUF);
    Status status = Status.parseFrom(response.body());
    assertThat(status.getCode()).isEqualTo(Code.INVALID_ARGUMENT.getNumber());
    assertThat(status.getMessage()).startsWith("Not valid Protobuf");
    assertNothingReceived();
  }

  @Test
  void refusesMalformedJson() throws Exception {
    HttpResponse<byte[]> response = post(JSON, utf8("{\"resourceLogs\": 1}"));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(contentType(response)).isEqualTo(JSON);
    assertThat(json(response).get("code").intValue()).isEqualTo(Code.INVALID_ARGUMENT.getNumber());
    assertThat(json(response).get("message").stringValue()).contains("resourceLogs");
    assertNothingReceived();
  }

  @Test
  void refusesMalformedGzip() throws Exception {
    assertThat(postGzip(PROTOBUF, fullProtobuf()).statusCode()).isEqualTo(400);
    byte[] packed = Exports.gzip(fullProtobuf());
    assertThat(postGzip(PROTOBUF, Arrays.copyOf(packed, packed.length / 2)).statusCode())
        .isEqualTo(400);
    assertNothingReceived();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/xml", "application/jsonx"})
  void refusesOtherContentTypes(String contentType) throws Exception {
    assertThat(post(contentType, utf8("{}")).statusCode()).isEqualTo(415);
    assertNothingReceived();
  }

  @Test
  void refusesAMissingContentType() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri("/v1/logs")).POST(BodyPublishers.ofString("{}")).build();

    assertThat(send(request).statusCode()).isEqualTo(415);
  }

  @Test
  void refusesOtherContentEncodings() throws Exception {
    HttpRequest request =
        post(JSON).header("Content-Encoding", "br").POST(BodyPublishers.ofString("{}")).build();

    assertThat(send(request).statusCode()).isEqualTo(415);
    assertNothingReceived();
  }

  @Test
  void refusesOtherMethods() throws Exception {
    HttpResponse<byte[]> get = get("/v1/logs");
    assertThat(get.statusCode()).isEqualTo(405);
    assertThat(get.headers().firstValue("Allow")).contains("POST");

    HttpResponse<byte[]> delete = send(HttpRequest.newBuilder(uri("/events")).DELETE().build());
    assertThat(delete.statusCode()).isEqualTo(405);
    assertThat(delete.headers().firstValue("Allow")).contains("GET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1/logs/", "/v1/logsx", "/v1/traces", "/eventsx", "/Events"})
  void knowsNoOtherPaths(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void acceptsARequestAtTheLimitButNotAbove() throws Exception {
    int overhead = Exports.ofSize(MAX_REQUEST_BYTES).toByteArray().length - MAX_REQUEST_BYTES;
    byte[] largest = Exports.ofSize(MAX_REQUEST_BYTES - overhead).toByteArray();
    assertThat(largest).hasSize(MAX_REQUEST_BYTES);
    assertThat(post(PROTOBUF, largest).statusCode()).isEqualTo(200);

    byte[] tooLarge = Exports.ofSize(MAX_REQUEST_BYTES - overhead + 1).toByteArray();
    HttpResponse<byte[]> response = post(PROTOBUF, tooLarge);
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(Status.parseFrom(response.body()).getCode())
        .isEqualTo(Code.RESOURCE_EXHAUSTED.getNumber());
    assertThat(receiver.stats().received()).isEqualTo(1);
  }

  /** Such a client reads only after it has sent everything, so it must not be cut off before. */
  @Test
  void answersAClientThatSendsFarTooMuch() throws Exception {
    int length = 300 * MAX_REQUEST_BYTES;
    String head =
        "POST /v1/logs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: "
            + length
            + "\r\n";
    assertThat(statusLine(receiver.httpPort(), head, new byte[length])).contains(" 413 ");
    assertThat(get("/stats").statusCode()).isEqualTo(200);
  }

  @Test
  void refusesARequestThatIsLargeOnlyOnceDecompressed() throws Exception {
    byte[] bomb = Exports.gzip(new byte[80 * MAX_REQUEST_BYTES]);
    assertThat(bomb).hasSizeLessThan(MAX_REQUEST_BYTES);

    assertThat(postGzip(PROTOBUF, bomb).statusCode()).isEqualTo(413);
    assertNothingReceived();
  }

  @Test
  void listsWhatWasReceived() throws Exception {
    post(PROTOBUF, fullProtobuf());

    HttpResponse<byte[]> response = get("/events");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(contentType(response)).isEqualTo(JSON);
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    assertThat(json(response))
        .isEqualTo(
            mapper.readTree(
                """
                [{
                  "sequence": 1,
                  "receivedAt": "2026-01-02T03:04:05Z",
                  "transport": "HTTP_PROTOBUF",
                  "eventName": "order.placed",
                  "time": "2018-12-13T14:51:00.300000001Z",
                  "timeUnixNano": "1544712660300000001",
                  "observedTime": "2018-12-13T14:51:00.400Z",
                  "observedTimeUnixNano": "1544712660400000000",
                  "severityNumber": 10,
                  "severityText": "notice",
                  "body": "Order \\"1\\" placed </script>",
                  "attributes": {
                    "order.id": "ä€😀",
                    "order.express": true,
                    "order.number": "9223372036854775807",
                    "order.items": 3,
                    "order.total": 9.5,
                    "order.seal": "+/8A",
                    "order.tags": ["a", null],
                    "order.customer": {"vip": ""}
                  },
                  "droppedAttributesCount": 2,
                  "traceId": "5b8efff798038103d269b633813fc60c",
                  "spanId": "eee19b7ec3c1b174",
                  "flags": 257,
                  "resource": {"attributes": {"service.name": "shop"}},
                  "scope": {"name": "io.otlpevents", "version": "1.2"}
                }]
                """));
  }

  @Test
  void listsMissingFieldsAsNull() throws Exception {
    post(PROTOBUF, Exports.named("").toByteArray());

    JsonNode event = json(get("/events")).get(0);
    assertThat(
            List.of(
                "eventName",
                "time",
                "timeUnixNano",
                "observedTime",
                "observedTimeUnixNano",
                "severityText",
                "body",
                "traceId",
                "spanId"))
        .allSatisfy(name -> assertThat(event.get(name).isNull()).as(name).isTrue());
    assertThat(event.get("attributes").isEmpty()).isTrue();
  }

  @Test
  void listsARepeatedAttributeOnce() throws Exception {
    post(
        PROTOBUF,
        Exports.of(
                Exports.FULL_RECORD.toBuilder()
                    .clearAttributes()
                    .addAttributes(Exports.attribute("k", Exports.text("first")))
                    .addAttributes(Exports.attribute("k", Exports.text("second")))
                    .build())
            .toByteArray());

    assertThat(new String(get("/events").body(), StandardCharsets.UTF_8))
        .contains("\"attributes\":{\"k\":\"first\"}");
  }

  @Test
  void filtersTheListing() throws Exception {
    post(PROTOBUF, Exports.named("a", "b c&", "a").toByteArray());
    post(PROTOBUF, fullProtobuf());

    assertThat(sequences("/events")).containsExactly(1, 2, 3, 4);
    assertThat(sequences("/events?name=a")).containsExactly(1, 3);
    assertThat(sequences("/events?name=b+c%26")).containsExactly(2);
    assertThat(sequences("/events?name=missing")).isEmpty();
    assertThat(sequences("/events?trace=" + Exports.TRACE_ID)).containsExactly(4);
    assertThat(sequences("/events?trace=" + Exports.TRACE_ID.toUpperCase(Locale.ROOT)))
        .containsExactly(4);
    assertThat(sequences("/events?limit=2")).containsExactly(3, 4);
    assertThat(sequences("/events?limit=0")).isEmpty();
    assertThat(sequences("/events?name=a&limit=1")).containsExactly(3);
    assertThat(sequences("/events?name=a&trace=" + Exports.TRACE_ID)).isEmpty();
    assertThat(sequences("/events?unknown=1&flag")).containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"limit=-1", "limit=x", "limit=", "limit=99999999999"})
  void refusesLimitsThatAreNone(String query) throws Exception {
    assertThat(get("/events?" + query).statusCode()).isEqualTo(400);
  }

  @Test
  void tellsItsCounts() throws Exception {
    post(PROTOBUF, Exports.named("a", "b").toByteArray());
    post(JSON, utf8("nonsense"));

    HttpResponse<byte[]> response = get("/stats");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(json(response))
        .isEqualTo(
            mapper.readTree("{\"received\": 2, \"stored\": 2, \"evicted\": 0, \"requests\": 1}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /events HTTP/1.1\r\nHost: evil.example\r\n",
        "GET /events HTTP/1.1\r\nHost: evil.example:80\r\n",
        "GET /stats HTTP/1.1\r\nHost: localhost.evil.example\r\n",
        "GET http://localhost/events HTTP/1.1\r\nHost: evil.example\r\n",
        "POST /v1/logs HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\n"
            + "Content-Length: 0\r\n",
        "GET /events HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n",
        "GET /events HTTP/1.0\r\n"
      })
  void refusesForeignHostHeadersOnTheLoopbackInterface(String head) throws Exception {
    assertThat(statusLine(receiver.httpPort(), head)).contains(" 403 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1:4318", "[::1]:80"})
  void acceptsLoopbackHostHeaders(String host) throws Exception {
    assertThat(statusLine(receiver.httpPort(), "GET /events HTTP/1.1\r\nHost: " + host + "\r\n"))
        .contains(" 200 ");
  }

  @Test
  void acceptsAnyHostHeaderOnOtherInterfaces() throws Exception {
    try (OtlpReceiver open =
        OtlpReceiver.builder().host("0.0.0.0").grpcPort(0).httpPort(0).build().start()) {
      assertThat(statusLine(open.httpPort(), "GET /events HTTP/1.1\r\nHost: collector.example\r\n"))
          .contains(" 200 ");
    }
  }

  private static String statusLine(int port, String head) throws IOException {
    return statusLine(port, head, new byte[0]);
  }

  private static String statusLine(int port, String head, byte[] body) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(body);
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.lines().findFirst().orElse("");
    }
  }

  private List<Integer> sequences(String path) throws Exception {
    return json(get(path)).valueStream().map(event -> event.get("sequence").intValue()).toList();
  }

  private void assertReceivedFullRecord(Transport transport) {
    assertThat(receiver.events())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.transport()).isEqualTo(transport);
              assertThat(event.resource()).isEqualTo(Exports.RESOURCE);
              assertThat(event.scope()).isEqualTo(Exports.SCOPE);
              assertThat(event.logRecord()).isEqualTo(Exports.FULL_RECORD);
            });
  }

  private void assertNothingReceived() {
    assertThat(receiver.stats()).isEqualTo(new ReceiverStats(0, 0, 0, 0));
  }

  private HttpResponse<byte[]> post(String contentType, byte[] body) throws Exception {
    return send(post(contentType).POST(BodyPublishers.ofByteArray(body)).build());
  }

  private HttpResponse<byte[]> postGzip(String contentType, byte[] body) throws Exception {
    return send(
        post(contentType)
            .header("Content-Encoding", "gzip")
            .POST(BodyPublishers.ofByteArray(body))
            .build());
  }

  private HttpRequest.Builder post(String contentType) {
    return HttpRequest.newBuilder(uri("/v1/logs")).header("Content-Type", contentType);
  }

  private HttpResponse<byte[]> get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws Exception {
    HttpRequest bounded =
        HttpRequest.newBuilder(request, (name, value) -> true)
            .timeout(Duration.ofSeconds(20))
            .build();
    return client.send(bounded, BodyHandlers.ofByteArray());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + receiver.httpPort() + path);
  }

  private JsonNode json(HttpResponse<byte[]> response) {
    return mapper.readTree(response.body());
  }

  private static String contentType(HttpResponse<byte[]> response) {
    return response.headers().firstValue("Content-Type").orElse("");
  }

  private static byte[] fullProtobuf() {
    return Exports.of(Exports.FULL_RECORD).toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
