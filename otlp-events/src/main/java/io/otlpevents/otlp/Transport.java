package io.otlpevents.otlp;

import io.opentelemetry.sdk.common.export.MessageWriter;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Carries requests to one receiver; decides nothing about their answers. */
interface Transport {

  /**
   * Starts a request and returns without waiting.
   *
   * @param answered called with whatever the receiver says
   * @param failed called when nothing, or nothing understandable, comes back
   */
  void send(MessageWriter body, Consumer<Response> answered, Consumer<Throwable> failed);

  /** Gives up what is under way. */
  void close();

  /** How requests are framed. */
  enum Protocol {
    GRPC("application/grpc"),
    HTTP_PROTOBUF("application/x-protobuf"),
    HTTP_JSON("application/json");

    final String contentType;

    Protocol(String contentType) {
      this.contentType = contentType;
    }
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param fields a header, or with gRPC rather a trailer, by its name; null if there is none or
   *     the transport cannot see it
   * @param body the first 64 KiB at most; with gRPC the message without its frame
   */
  record Response(int status, Function<String, @Nullable String> fields, byte[] body) {

    @Nullable String field(String name) {
      return fields.apply(name);
    }
  }
}
