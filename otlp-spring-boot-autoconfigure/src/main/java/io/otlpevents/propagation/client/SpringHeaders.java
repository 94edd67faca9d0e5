package io.otlpevents.propagation.client;

import io.opentelemetry.context.propagation.TextMapSetter;
import org.springframework.http.HttpHeaders;

/** Writes Spring's headers. */
final class SpringHeaders {

  static final TextMapSetter<HttpHeaders> SETTER =
      (headers, key, value) -> {
        if (headers != null) {
          headers.set(key, value);
        }
      };

  private SpringHeaders() {}
}
