package io.otlpevents.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds the Collector that {@code interop/collector/build.sh} builds.
 *
 * <p>It is the file named by the system property or environment variable {@value #LOCATION}, or
 * else {@code otelcol} in the folder where the script keeps it.
 */
final class CollectorBinary {

  static final String LOCATION = "OTLPEVENTS_COLLECTOR";
  static final String REQUIRED = "OTLPEVENTS_COLLECTOR_REQUIRED";

  private CollectorBinary() {}

  /**
   * The Collector's executable file. Where there is none, the calling test is skipped, or fails if
   * the environment variable {@value #REQUIRED} is {@code true}.
   */
  static Path require() {
    Path binary = location();
    if (!Files.isExecutable(binary)) {
      String message =
          "The OpenTelemetry Collector is not at "
              + binary
              + ". Build it with interop/collector/build.sh (needs Go), or name another one by "
              + LOCATION
              + ".";
      if (Boolean.parseBoolean(System.getenv(REQUIRED))) {
        Assertions.fail(message);
      }
      // For the reader of the build's output: skipped tests are only counted there.
      System.out.println("SKIPPED: " + message);
      Assumptions.abort(message);
    }
    return binary;
  }

  private static Path location() {
    String named = setting(System.getProperty(LOCATION), System.getenv(LOCATION));
    if (named != null) {
      return Path.of(named).toAbsolutePath();
    }
    return cache().resolve("otelcol").toAbsolutePath();
  }

  /** As the script has it. */
  private static Path cache() {
    String cache = setting(System.getenv("OTLPEVENTS_COLLECTOR_CACHE"), null);
    if (cache != null) {
      return Path.of(cache);
    }
    String caches = setting(System.getenv("XDG_CACHE_HOME"), null);
    return (caches != null
            ? Path.of(caches)
            : Path.of(System.getProperty("user.home")).resolve(".cache"))
        .resolve("otlp-events");
  }

  private static @Nullable String setting(@Nullable String first, @Nullable String second) {
    if (first != null && !first.isEmpty()) {
      return first;
    }
    return second != null && !second.isEmpty() ? second : null;
  }
}
