package io.otlpevents.otlp;

import io.opentelemetry.sdk.common.export.GrpcSender;
import io.opentelemetry.sdk.common.export.GrpcSenderProvider;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/**
 * Requests through OpenTelemetry's senders, where OkHttp is not on the class path. They show no
 * headers or trailers of answers, so a receiver's wish to wait is not seen; they take no
 * credentials for a proxy, with gRPC no proxy at all, and no keep-alive settings.
 */
final class SenderTransport {

  private SenderTransport() {}

  static Transport create(
      OtlpSettings settings,
      URI endpoint,
      Transport.Protocol protocol,
      RequestHeaders headers,
      ExecutorService executor) {
    SenderConfig config =
        new SenderConfig(settings, endpoint, protocol.contentType, headers, executor);
    return protocol == Transport.Protocol.GRPC
        ? new Grpc(SenderLookup.find(GrpcSenderProvider.class).createSender(config))
        : new Http(SenderLookup.find(HttpSenderProvider.class).createSender(config));
  }

  private record Grpc(GrpcSender sender) implements Transport {

    @Override
    public void send(MessageWriter body, Consumer<Response> answered, Consumer<Throwable> failed) {
      sender.send(
          body,
          answer -> {
            String status = String.valueOf(answer.getStatusCode().getValue());
            String message = answer.getStatusDescription();
            answered.accept(
                new Response(
                    200,
                    name ->
                        switch (name) {
                          case "grpc-status" -> status;
                          case "grpc-message" -> message;
                          default -> null;
                        },
                    answer.getResponseMessage()));
          },
          failed::accept);
    }

    @Override
    public void close() {
      sender.shutdown();
    }
  }

  private record Http(HttpSender sender) implements Transport {

    @Override
    public void send(MessageWriter body, Consumer<Response> answered, Consumer<Throwable> failed) {
      sender.send(
          body,
          answer ->
              answered.accept(
                  new Response(answer.getStatusCode(), name -> null, answer.getResponseBody())),
          failed::accept);
    }

    @Override
    public void close() {
      sender.shutdown();
    }
  }
}
