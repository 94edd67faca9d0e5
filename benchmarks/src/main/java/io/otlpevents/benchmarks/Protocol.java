package io.otlpevents.benchmarks;

import java.util.Locale;

/** How requests travel. */
enum Protocol {
  GRPC,
  /** OTLP over HTTP with protobuf bodies. */
  HTTP;

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Protocol of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }
}
