package io.otlpevents.otlp;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What OpenTelemetry's environment variables say about the receiver of logs, for settings that the
 * application leaves open. Precedence: the application's own settings, then {@code
 * OTEL_EXPORTER_OTLP_LOGS_…}, then {@code OTEL_EXPORTER_OTLP_…}, then defaults. Null and empty mean
 * that nothing is said; an empty variable counts as unset.
 *
 * @param endpoint the receiver; for HTTP the generic variable has got {@code /v1/logs} appended
 * @param protocol {@code grpc}, {@code http/protobuf} or {@code http/json}
 * @param headers never part of this object's text
 * @param timeout the limit on a request
 * @param compression how to compress
 * @param certificate path of the PEM file to trust
 * @param clientKey path of the PEM file with our private key
 * @param clientCertificate path of the PEM file with our certificates
 * @see <a href="https://opentelemetry.io/docs/specs/otel/protocol/exporter/">OTLP exporter
 *     configuration</a>
 */
public record OtlpEnvironment(
    @Nullable URI endpoint,
    @Nullable String protocol,
    Map<String, String> headers,
    @Nullable Duration timeout,
    @Nullable OtlpCompression compression,
    @Nullable String certificate,
    @Nullable String clientKey,
    @Nullable String clientCertificate) {

  private static final String GENERIC = "OTEL_EXPORTER_OTLP_";
  private static final String LOGS = "OTEL_EXPORTER_OTLP_LOGS_";

  /**
   * Reads the variables.
   *
   * @param lookup a variable's value by its name, such as {@code System::getenv}; null if unset
   * @param defaultProtocol the protocol in use when none is named by a variable
   * @throws IllegalArgumentException if a value is malformed; names the variable, repeats no value
   */
  public static OtlpEnvironment read(
      Function<String, @Nullable String> lookup, String defaultProtocol) {
    String protocol = value(lookup, "PROTOCOL", OtlpEnvironment::protocol);
    Map<String, String> headers = value(lookup, "HEADERS", OtlpEnvironment::headers);
    return new OtlpEnvironment(
        endpoint(lookup, protocol == null ? defaultProtocol : protocol),
        protocol,
        headers == null ? Map.of() : headers,
        value(lookup, "TIMEOUT", OtlpEnvironment::millis),
        value(lookup, "COMPRESSION", OtlpEnvironment::compression),
        value(lookup, "CERTIFICATE", Function.identity()),
        value(lookup, "CLIENT_KEY", Function.identity()),
        value(lookup, "CLIENT_CERTIFICATE", Function.identity()));
  }

  private static @Nullable URI endpoint(
      Function<String, @Nullable String> lookup, String protocol) {
    URI own = parsed(lookup, LOGS + "ENDPOINT", OtlpEnvironment::uri);
    URI generic = own != null ? null : parsed(lookup, GENERIC + "ENDPOINT", OtlpEnvironment::uri);
    if (generic == null || protocol.equals("grpc")) {
      return own != null ? own : generic;
    }
    String base = generic.toString();
    return URI.create(base + (base.endsWith("/") ? "" : "/") + "v1/logs");
  }

  private static <T> @Nullable T value(
      Function<String, @Nullable String> lookup, String suffix, Function<String, T> parser) {
    T own = parsed(lookup, LOGS + suffix, parser);
    return own != null ? own : parsed(lookup, GENERIC + suffix, parser);
  }

  private static <T> @Nullable T parsed(
      Function<String, @Nullable String> lookup, String variable, Function<String, T> parser) {
    String text = lookup.apply(variable);
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      return parser.apply(text.strip());
    } catch (RuntimeException e) {
      // Without its cause, whose message may repeat the value.
      throw new IllegalArgumentException(variable + " is malformed");
    }
  }

  private static URI uri(String text) {
    URI uri = URI.create(text);
    OtlpSettings.builder(uri);
    return uri;
  }

  private static String protocol(String text) {
    return switch (text) {
      case "grpc", "http/protobuf", "http/json" -> text;
      default -> throw new IllegalArgumentException();
    };
  }

  private static Map<String, String> headers(String text) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String pair : text.split(",")) {
      if (pair.isBlank()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = pair.substring(0, equals).strip();
      // A plus is no blank here, unlike in forms.
      String encoded = pair.substring(equals + 1).strip().replace("+", "%2B");
      String value = URLDecoder.decode(encoded, StandardCharsets.UTF_8);
      if (!OtlpSettings.isToken(name) || !OtlpSettings.isFieldValue(value)) {
        throw new IllegalArgumentException();
      }
      headers.put(name, value);
    }
    return Map.copyOf(headers);
  }

  private static Duration millis(String text) {
    long millis = Long.parseLong(text);
    if (millis < 1) {
      throw new IllegalArgumentException();
    }
    return Duration.ofMillis(millis);
  }

  private static OtlpCompression compression(String text) {
    return OtlpCompression.valueOf(text.toUpperCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return "OtlpEnvironment[endpoint=" + endpoint + ", protocol=" + protocol + "]";
  }
}
