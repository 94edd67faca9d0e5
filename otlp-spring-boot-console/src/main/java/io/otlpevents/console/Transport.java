package io.otlpevents.console;

/** How an event came in: the OTLP protocol and encoding of the request that carried it. */
public enum Transport {
  /** OTLP/gRPC. */
  GRPC,
  /** OTLP/HTTP with {@code application/x-protobuf}. */
  HTTP_PROTOBUF,
  /** OTLP/HTTP with {@code application/json}. */
  HTTP_JSON
}
