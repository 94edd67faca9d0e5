package io.otlpevents.otlp;

import static io.otlpevents.otlp.RawServer.ascii;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.EmitResult;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.otlp.RawServer.Head;
import io.otlpevents.pipeline.EventPipeline;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers over HTTP that do what no server should. */
class MisbehaviourIntegrationTests {

  private static final Duration LONG = Duration.ofSeconds(60);

  private RawServer server;
  private EventPipeline pipeline;

  @BeforeEach
  void start() throws IOException {
    server = new RawServer();
    pipeline = builder().destination(destination("otlp", server.endpoint())).build();
  }

  @AfterEach
  void stop() throws IOException {
    assertThat(pipeline.ledger().snapshot().isBalanced()).isTrue();
    pipeline.close(Duration.ZERO);
    server.close();
  }

  @Test
  void sendsTheSameEventAgainAfterAResetInMidRequest() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    server.behaviours.add(
        socket -> {
          Head.read(socket.getInputStream());
          byte[] part = socket.getInputStream().readNBytes(8192);
          first.complete(new String(part, StandardCharsets.ISO_8859_1));
          socket.setSoLinger(true, 0);
          socket.close();
        });
    pipeline.emitter().event("small").emit();
    for (int i = 0; i < 8; i++) {
      pipeline.emitter().event("big").attribute("text", "x".repeat(100_000)).emit();
    }
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    LogRecord again =
        ExportLogsServiceRequest.parseFrom(server.bodies.get(0))
            .getResourceLogs(0)
            .getScopeLogs(0)
            .getLogRecords(0);
    assertThat(again.getEventName()).isEqualTo("small");
    assertThat(uid(first.get())).isNotEmpty().isEqualTo(uid(again));
    assertThat(account("otlp").delivered()).isEqualTo(9);
  }

  @Test
  void readsOnlyTheBeginningOfABodyThatGoesOnForEver() throws Exception {
    CompletableFuture<Long> cut = new CompletableFuture<>();
    server.behaviours.add(
        socket -> {
          Head.read(socket.getInputStream()).body(socket.getInputStream());
          OutputStream out = socket.getOutputStream();
          long written = 0;
          out.write(ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
          byte[] chunk = ascii("400\r\n" + "\0".repeat(1024) + "\r\n");
          try {
            while (true) {
              out.write(chunk);
              written += chunk.length;
            }
          } catch (IOException e) {
            cut.complete(written);
          }
        });
    pipeline.emitter().event("order.placed").emit();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    // What the sockets of both sides hold, and little more.
    assertThat(cut.get(60, TimeUnit.SECONDS)).isLessThan(32 << 20);
    assertThat(account("otlp").delivered()).isOne();
    assertThat(account("otlp").retries()).isZero();
    assertThat(server.connections()).isOne();
  }

  @Test
  void waitsForTheRestOfABodyOnlyUntilTheDeadline() {
    server.behaviours.add(
        socket -> {
          Head.read(socket.getInputStream()).body(socket.getInputStream());
          socket.getOutputStream().write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"));
        });
    pipeline.emitter().event("order.placed").emit();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(account("otlp").retries()).isOne();
    assertThat(account("otlp").delivered()).isOne();
    assertThat(server.bodies).hasSize(1);
  }

  @Test
  void aReceiverThatNeverAnswersHoldsUpNobodyElse() throws Exception {
    pipeline.close(Duration.ZERO);
    for (int i = 0; i < 10_000; i++) {
      server.behaviours.add(socket -> Head.read(socket.getInputStream()));
    }
    try (RawServer other = new RawServer()) {
      pipeline =
          builder()
              .destination(destination("silent", server.endpoint()))
              .destination(destination("other", other.endpoint()))
              .build();
      for (int i = 0; i < 3; i++) {
        pipeline.emitter().event("order.placed").emit();
        pipeline.flush(Duration.ofMillis(1));
        long delivered = i + 1;
        await().until(() -> account("other").delivered() == delivered);
      }
      await().until(() -> account("silent").retries() > 2);
      assertThat(account("silent").delivered()).isZero();
      assertThat(account("silent").pending()).isEqualTo(3);
      assertThat(account("other").retries()).isZero();
      assertThat(server.bodies).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"503 Busy\r\nRetry-After: 0", "503 Busy", "429 Slowly"})
  void requestsAreSentAgainByNobodyButUs(String answer) {
    server.behaviours.add(answering(answer));
    server.behaviours.add(answering(answer));
    pipeline.emitter().event("order.placed").emit();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(account("otlp").retries()).isEqualTo(2);
    assertThat(server.connections()).isEqualTo(3);
    assertThat(account("otlp").delivered()).isOne();
  }

  @Test
  void aRequestTimeoutIsFinalAndNotSentAgainBehindOurBack() {
    server.behaviours.add(answering("408 Slow"));
    pipeline.emitter().event("order.placed").emit();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(account("otlp").refused()).containsEntry(RefusalReason.OTHER, 1L);
    assertThat(server.connections()).isOne();
  }

  @Test
  void countsARetryWhenAnIdleConnectionHasGone() throws Exception {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    server.behaviours.add(
        socket -> {
          Head.read(socket.getInputStream()).body(socket.getInputStream());
          socket.getOutputStream().write(ascii("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
          Head.read(socket.getInputStream());
          socket.setSoLinger(true, 0);
          socket.close();
          gone.complete(null);
        });
    pipeline.emitter().event("order.placed").emit();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    pipeline.emitter().event("order.paid").emit();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(gone).isDone();
    assertThat(account("otlp").retries()).isOne();
    assertThat(account("otlp").delivered()).isEqualTo(2);
  }

  @Test
  void readsHeadersThatGoOnForEverOnlyToALimit() throws Exception {
    CompletableFuture<Boolean> cut = new CompletableFuture<>();
    server.behaviours.add(
        socket -> {
          Head.read(socket.getInputStream()).body(socket.getInputStream());
          OutputStream out = socket.getOutputStream();
          out.write(ascii("HTTP/1.1 200 OK\r\n"));
          byte[] line = ascii("X: " + "y".repeat(1000) + "\r\n");
          try {
            while (true) {
              out.write(line);
            }
          } catch (IOException e) {
            cut.complete(true);
          }
        });
    pipeline.emitter().event("order.placed").emit();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(cut.get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(account("otlp").retries()).isOne();
    assertThat(account("otlp").delivered()).isOne();
  }

  @Test
  @Timeout(120)
  void emittingNeverWaitsForAReceiverThatReadsNothing() throws Exception {
    pipeline.close(Duration.ZERO);
    CountDownLatch reading = new CountDownLatch(1);
    for (int i = 0; i < 100; i++) {
      server.behaviours.add(
          socket -> {
            Head head = Head.read(socket.getInputStream());
            awaitQuietly(reading);
            server.bodies.add(head.body(socket.getInputStream()));
            socket.getOutputStream().write(RawServer.OK);
            socket.close();
          });
    }
    pipeline =
        builder()
            .destination(
                OtlpHttpDestination.create(
                    OtlpSettings.builder(server.endpoint()).timeout(LONG).build()))
            .build();
    int events = 20_000;
    for (int i = 0; i < events; i++) {
      // If one of these waited for the receiver, it would wait for ever: it reads only afterwards.
      assertThat(pipeline.emitter().event("big").attribute("text", "x".repeat(1000)).emit())
          .isEqualTo(EmitResult.ACCEPTED);
    }
    await().until(() -> server.connections() > 0);
    assertThat(account("otlp").delivered()).isZero();
    assertThat(account("otlp").pending()).isEqualTo(events);
    reading.countDown();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(account("otlp").delivered()).isEqualTo(events);
    assertThat(account("otlp").retries()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void followsNoRedirect(int status) throws Exception {
    try (RawServer second = new RawServer()) {
      server.behaviours.add(
          answering(status + " Moved\r\nLocation: " + second.endpoint() + "/v1/logs"));
      pipeline.emitter().event("order.placed").emit();
      assertThat(pipeline.flush(LONG).complete()).isTrue();
      assertThat(account("otlp").refused()).containsEntry(RefusalReason.OTHER, 1L);
      assertThat(second.connections()).isZero();
      assertThat(server.connections()).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2\r\n", "\0\0\0\1", "HTTP/1.1 banana\r\n\r\n", ""})
  void sendsAgainAfterAnAnswerThatIsNotHttp(String garbage) {
    server.behaviours.add(
        socket -> {
          Head.read(socket.getInputStream()).body(socket.getInputStream());
          socket.getOutputStream().write(ascii(garbage));
          socket.close();
        });
    pipeline.emitter().event("order.placed").emit();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(account("otlp").retries()).isOne();
    assertThat(account("otlp").delivered()).isOne();
    assertThat(server.bodies).hasSize(1);
  }

  /** Answers with this status and these headers. */
  private static RawServer.Behaviour answering(String statusAndHeaders) {
    return socket -> {
      Head.read(socket.getInputStream()).body(socket.getInputStream());
      socket
          .getOutputStream()
          .write(
              ascii(
                  "HTTP/1.1 "
                      + statusAndHeaders
                      + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
      socket.close();
    };
  }

  private static void awaitQuietly(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static EventPipeline.Builder builder() {
    return EventPipeline.builder()
        .resource(Resource.empty())
        .scope("shop.events", "1.2")
        .delivery(
            DeliverySettings.defaults().toBuilder()
                // Flushing alone sends, so that tests know what travels together.
                .maxDelay(Duration.ofSeconds(10))
                .backoff(Duration.ofMillis(5), Duration.ofMillis(50))
                .build());
  }

  private static OtlpHttpDestination destination(String name, URI endpoint) {
    return OtlpHttpDestination.create(
        OtlpSettings.builder(endpoint)
            .name(name)
            .headers(Map.of("authorization", "Bearer canary"))
            .timeout(Duration.ofMillis(500))
            .build());
  }

  private DestinationAccount.Snapshot account(String name) {
    return pipeline.ledger().snapshot().destinations().get(name);
  }

  /** Of the first event in a part of a request: the text value after the attribute's key. */
  private static String uid(String part) {
    int value = part.indexOf("log.record.uid") + "log.record.uid".length() + 4;
    return part.substring(value, value + part.charAt(value - 1));
  }

  private static String uid(LogRecord record) {
    return record.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals("log.record.uid"))
        .map(attribute -> attribute.getValue().getStringValue())
        .findFirst()
        .orElse("");
  }
}
