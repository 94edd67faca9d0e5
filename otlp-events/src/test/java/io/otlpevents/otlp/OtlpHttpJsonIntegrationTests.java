package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.delivery.DeliveryOutcome.PartiallyDelivered;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.pipeline.EventPipeline;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OtlpHttpJsonIntegrationTests {

  private static final String PARTIAL =
      "{\"partialSuccess\":{\"rejectedLogRecords\":\"1\",\"errorMessage\":\"bad\"}}";

  @ParameterizedTest
  @EnumSource(names = {"NONE", "ZSTD"})
  void sendsJsonAndReadsJson(OtlpCompression compression) throws Exception {
    BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    BlockingQueue<String> types = new LinkedBlockingQueue<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/logs",
        exchange -> {
          byte[] body =
              (compression == OtlpCompression.ZSTD
                      ? new com.github.luben.zstd.ZstdInputStream(exchange.getRequestBody())
                      : exchange.getRequestBody())
                  .readAllBytes();
          bodies.add(new String(body, StandardCharsets.UTF_8));
          types.add(exchange.getRequestHeaders().getFirst("Content-Type"));
          exchange.sendResponseHeaders(200, PARTIAL.length());
          exchange.getResponseBody().write(PARTIAL.getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    server.start();
    OtlpSettings settings =
        OtlpSettings.builder(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
            .compression(compression)
            .build();
    try (EventPipeline pipeline =
        EventPipeline.builder()
            .resource(Resource.empty())
            .scope("shop.events", "1.2")
            .destination(OtlpHttpDestination.create(settings, OtlpEncoding.JSON))
            .build()) {
      pipeline.emitter().event("order.placed").attribute("n", 7).emit();
      assertThat(pipeline.flush(Duration.ofSeconds(60)).complete()).isTrue();
      var account = pipeline.ledger().snapshot().destinations().get("otlp");
      assertThat(account.refused()).containsEntry(RefusalReason.PARTIAL_SUCCESS, 1L);
    } finally {
      server.stop(0);
    }
    assertThat(types).containsExactly("application/json");
    var record =
        JsonParser.parseString(bodies.take())
            .getAsJsonObject()
            .getAsJsonArray("resourceLogs")
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("scopeLogs")
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("logRecords")
            .get(0)
            .getAsJsonObject();
    assertThat(record.get("eventName").getAsString()).isEqualTo("order.placed");
    assertThat(record.toString()).contains("{\"intValue\":\"7\"}");
  }

  @Test
  void takesNoTextForAField() {
    byte[] body =
        "{\"partialSuccess\":{\"errorMessage\":\"x,\\\"rejectedLogRecords\\\":9\"}}"
            .getBytes(StandardCharsets.US_ASCII);
    assertThat(JsonAnswer.read(new Transport.Response(200, name -> null, body)))
        .isEqualTo(new PartiallyDelivered(0, "x,\\\"rejectedLogRecords\\\":9"));
  }
}
