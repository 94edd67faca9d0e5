package io.otlpevents.otlp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The user's headers of each request. Safe for any number of threads. */
final class RequestHeaders implements Supplier<Map<String, List<String>>> {

  private static final String USER_AGENT = "User-Agent";

  /** A shorter value is too common a text to be looked for. */
  private static final int SHORTEST_SECRET = 4;

  /** What the specification wants: the exporter, its language and its version. */
  private static final List<String> PRODUCT =
      List.of(
          "OTLP-Events-Exporter-Java/"
              + Objects.requireNonNullElse(
                  RequestHeaders.class.getPackage().getImplementationVersion(), "unknown"));

  private final Map<String, List<String>> fixed;
  private final @Nullable Supplier<Map<String, String>> supplier;
  private volatile Map<String, List<String>> last;

  RequestHeaders(OtlpSettings settings) {
    this.fixed = settings.headers();
    this.supplier = settings.headerSupplier();
    this.last = fixed;
  }

  boolean supplied() {
    return supplier != null;
  }

  /**
   * The user's headers and who we are, unless the user says so.
   *
   * @throws Unavailable as {@link #get()}
   * @see <a href="https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent">User
   *     agent</a>
   */
  Map<String, List<String>> all() {
    Map<String, List<String>> own = get();
    if (own.keySet().stream().anyMatch(USER_AGENT::equalsIgnoreCase)) {
      return own;
    }
    Map<String, List<String>> all = new LinkedHashMap<>(own);
    all.put(USER_AGENT, PRODUCT);
    return all;
  }

  /**
   * The headers for one request; supplied ones win.
   *
   * @throws Unavailable if the supplier fails, with a message that repeats nothing of its own
   */
  @Override
  public Map<String, List<String>> get() {
    if (supplier == null) {
      return fixed;
    }
    Map<String, List<String>> merged = new LinkedHashMap<>();
    try {
      Map<String, String> supplied = supplier.get();
      fixed.forEach(
          (name, value) -> {
            if (supplied.keySet().stream().noneMatch(name::equalsIgnoreCase)) {
              merged.put(name, value);
            }
          });
      supplied.forEach(
          (name, value) -> {
            if (!OtlpSettings.isToken(name) || !OtlpSettings.isFieldValue(value)) {
              throw new Unavailable("the header supplier gave an invalid header");
            }
            merged.put(name, List.of(value));
          });
    } catch (Unavailable e) {
      throw e;
    } catch (Exception e) {
      throw new Unavailable("the header supplier failed with " + e.getClass().getName());
    }
    last = merged;
    return merged;
  }

  /** The text without the values of our headers, which a receiver may repeat. */
  String scrub(String text) {
    String clean = scrub(text, fixed);
    Map<String, List<String>> recent = last;
    return recent == fixed ? clean : scrub(clean, recent);
  }

  private static String scrub(String text, Map<String, List<String>> headers) {
    String clean = text;
    for (List<String> values : headers.values()) {
      for (String value : values) {
        // Both as a whole and without a scheme such as Bearer.
        clean = without(clean, value.strip());
        clean = without(clean, value.substring(value.lastIndexOf(' ') + 1));
      }
    }
    return clean;
  }

  private static String without(String text, String secret) {
    return secret.length() < SHORTEST_SECRET ? text : text.replace(secret, "***");
  }

  /** Thrown when headers cannot be had. */
  static final class Unavailable extends RuntimeException {

    Unavailable(String message) {
      super(message);
    }
  }
}
