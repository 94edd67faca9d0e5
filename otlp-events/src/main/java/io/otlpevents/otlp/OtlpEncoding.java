package io.otlpevents.otlp;

/** How OTLP/HTTP bodies are written. */
public enum OtlpEncoding {
  /** As binary protobuf, {@code http/protobuf}. */
  PROTOBUF,
  /** As JSON, {@code http/json}: larger and slower, for receivers that take nothing else. */
  JSON
}
