package io.otlpevents.otlp;

import static io.otlpevents.otlp.RawServer.ascii;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.otlp.RawHttp2.Script;
import io.otlpevents.pipeline.EventPipeline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers over gRPC that do what no server should, below what a gRPC library would let them. */
class GrpcMisbehaviourIntegrationTests {

  private static final Duration LONG = Duration.ofSeconds(60);

  private RawServer server;
  private EventPipeline pipeline;

  @BeforeEach
  void start() throws IOException {
    server = new RawServer();
    pipeline =
        EventPipeline.builder()
            .resource(Resource.empty())
            .scope("shop.events", "1.2")
            .delivery(
                DeliverySettings.defaults().toBuilder()
                    .maxDelay(Duration.ofSeconds(10))
                    .backoff(Duration.ofMillis(5), Duration.ofMillis(50))
                    .build())
            .destination(
                OtlpGrpcDestination.create(
                    OtlpSettings.builder(server.endpoint()).timeout(Duration.ofSeconds(5)).build()))
            .build();
  }

  @AfterEach
  void stop() throws IOException {
    assertThat(pipeline.ledger().snapshot().isBalanced()).isTrue();
    pipeline.close(Duration.ZERO);
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void sendsAgainAfterAnAnswerThatSaysNothing(Unanswered fault) {
    emit(fault.script);
    assertThat(account().retries()).isOne();
    assertThat(account().delivered()).isOne();
    assertThat(account().refusedTotal()).isZero();
  }

  @Test
  void sendsTheSameBytesAgainAfterAReset() {
    BlockingQueue<byte[]> bodies = new LinkedBlockingQueue<>();
    server.behaviours.add(
        RawHttp2.answering(
            (connection, stream) -> {
              bodies.add(connection.body());
              connection.close();
            }));
    emit(
        (connection, stream) -> {
          bodies.add(connection.body());
          RawHttp2.OK.answer(connection, stream);
        });
    assertThat(account().retries()).isOne();
    assertThat(account().delivered()).isOne();
    byte[] first = bodies.remove();
    // Whatever is the same has the same log.record.uid.
    assertThat(new String(first, StandardCharsets.ISO_8859_1)).contains("log.record.uid");
    assertThat(bodies).containsExactly(first);
  }

  @ParameterizedTest
  @EnumSource
  void takesASuccessForOneWhateverComesWithIt(Garbled fault) {
    emit(fault.script);
    assertThat(account().retries()).isZero();
    assertThat(account().delivered()).isOne();
    assertThat(account().refusedTotal()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"banana", "", "99", "-1", "0x0"})
  void takesAStatusThatDoesNotExistForARefusal(String status) {
    emit(
        (connection, stream) ->
            connection.headers(stream, true, ":status", "200", "grpc-status", status));
    assertThat(account().refused()).containsEntry(RefusalReason.OTHER, 1L);
    assertThat(account().retries()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"404, UNIMPLEMENTED", "403, PERMISSION_DENIED", "302, OTHER", "308, OTHER"})
  void takesAnAnswerWithoutGrpcByItsHttpStatusAndFollowsNoRedirect(
      String status, RefusalReason reason) throws IOException {
    try (RawServer second = new RawServer()) {
      emit(
          (connection, stream) ->
              connection.headers(
                  stream, true, ":status", status, "location", second.endpoint().toString()));
      assertThat(account().refused()).containsEntry(reason, 1L);
      assertThat(account().retries()).isZero();
      assertThat(second.connections()).isZero();
    }
  }

  @Test
  void readsOnlyTheBeginningOfABodyThatGoesOnForEver() throws Exception {
    CompletableFuture<Boolean> cut = new CompletableFuture<>();
    emit(
        (connection, stream) -> {
          connection.headers(stream, false, ":status", "200");
          try {
            while (true) {
              connection.frame(RawHttp2.DATA, 0, stream, new byte[16 * 1024]);
            }
          } catch (IOException e) {
            cut.complete(true);
            throw e;
          }
        });
    assertThat(account().retries()).isOne();
    assertThat(account().delivered()).isOne();
    pipeline.close(Duration.ZERO);
    assertThat(cut.get(60, TimeUnit.SECONDS)).isTrue();
  }

  private void emit(Script first) {
    server.behaviours.add(RawHttp2.answering(first));
    for (int i = 0; i < 10; i++) {
      server.behaviours.add(RawHttp2.answering(RawHttp2.OK));
    }
    pipeline.emitter().event("order.placed").emit();
    assertThat(pipeline.flush(LONG).complete()).isTrue();
  }

  private DestinationAccount.Snapshot account() {
    return pipeline.ledger().snapshot().destinations().get("otlp");
  }

  /** Faults after which nobody knows whether the events arrived. */
  private enum Unanswered {
    NO_TRAILERS(
        (connection, stream) -> {
          connection.headers(stream, false, ":status", "200");
          connection.frame(RawHttp2.DATA, RawHttp2.END_STREAM, stream, new byte[5]);
        }),
    TRAILERS_WITHOUT_A_STATUS(
        (connection, stream) -> {
          connection.headers(stream, false, ":status", "200");
          connection.frame(RawHttp2.DATA, 0, stream, new byte[5]);
          connection.headers(stream, true, "grpc-message", "none");
        }),
    RESET_OF_THE_REQUEST(
        (connection, stream) ->
            connection.frame(
                RawHttp2.RST_STREAM, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) 2)),
    REFUSAL_OF_THE_REQUEST(
        (connection, stream) ->
            connection.frame(
                RawHttp2.RST_STREAM, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) 7)),
    RESET_IN_THE_ANSWER(
        (connection, stream) -> {
          connection.headers(stream, false, ":status", "200");
          connection.frame(RawHttp2.DATA, 0, stream, new byte[3]);
          connection.frame(RawHttp2.RST_STREAM, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) 2);
        }),
    GOODBYE(
        (connection, stream) -> {
          connection.frame(RawHttp2.GOAWAY, 0, 0, new byte[8]);
          connection.close();
        }),
    END_OF_THE_CONNECTION((connection, stream) -> connection.close()),
    A_FRAME_TOO_LARGE(
        (connection, stream) -> {
          connection.frame(RawHttp2.DATA, 0, stream, new byte[1 << 20]);
        }),
    HEADERS_THAT_ARE_NONE(
        (connection, stream) ->
            connection.frame(RawHttp2.HEADERS, 5, stream, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF)),
    HTTP_1((connection, stream) -> connection.raw(ascii("HTTP/1.1 200 OK\r\n\r\n"))),
    HTTP_503((connection, stream) -> connection.headers(stream, true, ":status", "503"));

    private final Script script;

    Unanswered(Script script) {
      this.script = script;
    }
  }

  /** Faults beside the status, which says that the events have arrived. */
  private enum Garbled {
    NO_MESSAGE(new byte[0]),
    HALF_A_HEADER(new byte[3]),
    A_MESSAGE_CUT_SHORT(new byte[] {0, 0, 0, 0, 9, 10}),
    A_NEGATIVE_LENGTH(new byte[] {0, -1, -1, -1, -1, 1, 2, 3}),
    A_COMPRESSED_MESSAGE_THAT_IS_NONE(new byte[] {1, 0, 0, 0, 2, 7, 7}),
    MORE_THAN_ONE_MESSAGE(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
    A_MESSAGE_THAT_IS_NONE(new byte[] {0, 0, 0, 0, 2, -1, -1}),
    TWO_MEGABYTES(new byte[2 << 20]);

    private final Script script;

    Garbled(byte[] body) {
      script =
          (connection, stream) -> {
            connection.headers(stream, false, ":status", "200");
            for (int from = 0; from < body.length; from += 16 * 1024) {
              int to = Math.min(body.length, from + 16 * 1024);
              connection.frame(RawHttp2.DATA, 0, stream, Arrays.copyOfRange(body, from, to));
            }
            connection.headers(stream, true, "grpc-status", "0");
          };
    }
  }
}
