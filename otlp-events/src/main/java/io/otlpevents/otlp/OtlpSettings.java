package io.otlpevents.otlp;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Where and how OTLP requests are sent. Immutable.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/protocol/exporter/">OTLP exporter
 *     configuration</a>
 */
public final class OtlpSettings {

  private final String name;
  private final URI endpoint;
  private final Map<String, List<String>> headers;
  private final OtlpCompression compression;
  private final Duration timeout;
  private final Duration connectTimeout;
  private final @Nullable SSLContext sslContext;
  private final @Nullable X509TrustManager trustManager;

  private OtlpSettings(Builder builder) {
    this.name = builder.name;
    this.endpoint = builder.endpoint;
    this.headers = Map.copyOf(builder.headers);
    this.compression = builder.compression;
    this.timeout = builder.timeout;
    this.connectTimeout = builder.connectTimeout;
    this.sslContext = builder.sslContext;
    this.trustManager = builder.trustManager;
  }

  /**
   * Starts settings for a receiver.
   *
   * @param endpoint its address: {@code http://host:port} or {@code https://host:port}, for HTTP
   *     with or without a path
   * @throws IllegalArgumentException if the address has another scheme or no host
   */
  public static Builder builder(URI endpoint) {
    return new Builder(endpoint);
  }

  String name() {
    return name;
  }

  URI endpoint() {
    return endpoint;
  }

  Map<String, List<String>> headers() {
    return headers;
  }

  OtlpCompression compression() {
    return compression;
  }

  Duration timeout() {
    return timeout;
  }

  Duration connectTimeout() {
    return connectTimeout;
  }

  @Nullable SSLContext sslContext() {
    return sslContext;
  }

  @Nullable X509TrustManager trustManager() {
    return trustManager;
  }

  /** Builds {@link OtlpSettings}; for one thread. */
  public static final class Builder {

    private final URI endpoint;
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private String name = "otlp";
    private OtlpCompression compression = OtlpCompression.NONE;
    private Duration timeout = Duration.ofSeconds(10);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private @Nullable SSLContext sslContext;
    private @Nullable X509TrustManager trustManager;

    private Builder(URI endpoint) {
      String scheme = endpoint.getScheme();
      if (!("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
          || endpoint.getHost() == null) {
        throw new IllegalArgumentException(
            "endpoint must be http://host:port or https://host:port");
      }
      this.endpoint = endpoint;
    }

    /** Sets the name by which people know the destination; {@code otlp} unless set. */
    public Builder name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /**
     * Adds headers to every request.
     *
     * @throws IllegalArgumentException if a name is not a token of RFC 9110, or a value has
     *     characters that a header must not have; the message does not contain the value
     */
    public Builder headers(Map<String, String> headers) {
      headers.forEach(
          (header, value) -> {
            if (!isToken(header)) {
              throw new IllegalArgumentException(
                  "header name must be letters, digits and -_.~!#$%&'*+^`|");
            }
            if (!isFieldValue(value)) {
              throw new IllegalArgumentException(
                  "value of header " + header + " must be printable ASCII without line breaks");
            }
            this.headers.put(header, List.of(value));
          });
      return this;
    }

    /** Sets the compression; none unless set. */
    public Builder compression(OtlpCompression compression) {
      this.compression = Objects.requireNonNull(compression, "compression");
      return this;
    }

    /** Sets the limit on a whole request, answer included; 10 s unless set, at least 1 ms. */
    public Builder timeout(Duration timeout) {
      this.timeout = positive(timeout, "timeout");
      return this;
    }

    /** Sets the limit on connecting; 10 s unless set, at least 1 ms. */
    public Builder connectTimeout(Duration connectTimeout) {
      this.connectTimeout = positive(connectTimeout, "connectTimeout");
      return this;
    }

    /** Sets how to encrypt and whom to trust; the JVM's defaults unless set. */
    public Builder ssl(SSLContext sslContext, X509TrustManager trustManager) {
      this.sslContext = Objects.requireNonNull(sslContext, "sslContext");
      this.trustManager = Objects.requireNonNull(trustManager, "trustManager");
      return this;
    }

    /** The finished settings. */
    public OtlpSettings build() {
      return new OtlpSettings(this);
    }

    private static Duration positive(Duration duration, String what) {
      if (duration.toMillis() < 1) {
        throw new IllegalArgumentException(what + " must be at least 1 ms, but is " + duration);
      }
      return duration;
    }

    private static boolean isToken(String name) {
      return !name.isEmpty()
          && name.chars()
              .allMatch(
                  c ->
                      c >= '0' && c <= '9'
                          || c >= 'a' && c <= 'z'
                          || c >= 'A' && c <= 'Z'
                          || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    }

    private static boolean isFieldValue(String value) {
      return value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 0x7F);
    }
  }
}
