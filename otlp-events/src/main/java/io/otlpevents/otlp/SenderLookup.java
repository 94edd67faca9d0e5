package io.otlpevents.otlp;

import java.util.ServiceLoader;

/** Finds OpenTelemetry's senders on the class path. */
final class SenderLookup {

  private SenderLookup() {}

  /**
   * The first provider of this kind.
   *
   * @throws IllegalStateException if there is none
   */
  static <T> T find(Class<T> provider) {
    // Not the context class loader: the first batch may be sent by a thread that has none of use.
    return ServiceLoader.load(provider, SenderLookup.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "no "
                        + provider.getSimpleName()
                        + " on the class path; add io.opentelemetry:opentelemetry-exporter-sender-okhttp"));
  }
}
