package io.otlpevents.otlp;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
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

  private final @Nullable Supplier<Map<String, String>> headerSupplier;
  private final Duration keepAlive;
  private final Duration idleTimeout;
  private final int maxIdleConnections;
  private final @Nullable ProxyServer proxy;

  private OtlpSettings(Builder builder) {
    this.name = builder.name;
    this.endpoint = builder.endpoint;
    this.headers = Map.copyOf(builder.headers);
    this.compression = builder.compression;
    this.timeout = builder.timeout;
    this.connectTimeout = builder.connectTimeout;
    TlsFiles files = builder.tlsFiles();
    this.sslContext = files != null ? files.context() : builder.sslContext;
    this.trustManager = files != null ? files.trustManager() : builder.trustManager;
    this.headerSupplier = builder.headerSupplier;
    this.keepAlive = builder.keepAlive;
    this.idleTimeout = builder.idleTimeout;
    this.maxIdleConnections = builder.maxIdleConnections;
    this.proxy = builder.proxy;
  }

  /**
   * Starts settings for a receiver.
   *
   * @param endpoint its address: {@code http://host:port} or {@code https://host:port}, for HTTP
   *     with or without a path
   * @throws IllegalArgumentException if the address has another scheme, no host, or user info,
   *     which the message does not repeat
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

  @Nullable Supplier<Map<String, String>> headerSupplier() {
    return headerSupplier;
  }

  Duration keepAlive() {
    return keepAlive;
  }

  Duration idleTimeout() {
    return idleTimeout;
  }

  int maxIdleConnections() {
    return maxIdleConnections;
  }

  @Nullable ProxyServer proxy() {
    return proxy;
  }

  static boolean isToken(String name) {
    return !name.isEmpty()
        && name.chars()
            .allMatch(
                c ->
                    c >= '0' && c <= '9'
                        || c >= 'a' && c <= 'z'
                        || c >= 'A' && c <= 'Z'
                        || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }

  static boolean isFieldValue(String value) {
    return value.chars().allMatch(c -> c == '\t' || c >= ' ' && c < 0x7F);
  }

  /** A proxy; its text shows no credentials. */
  record ProxyServer(String host, int port, @Nullable String user, @Nullable String password) {

    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /** Builds {@link OtlpSettings}; for one thread. */
  public static final class Builder {

    private static final Duration LONGEST = Duration.ofDays(1);

    private final URI endpoint;
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private String name = "otlp";
    private OtlpCompression compression = OtlpCompression.NONE;
    private Duration timeout = Duration.ofSeconds(10);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private @Nullable SSLContext sslContext;
    private @Nullable X509TrustManager trustManager;
    private @Nullable Path trustCertificates;
    private TlsFiles.@Nullable ClientFiles clientFiles;
    private LongSupplier nanoTime = System::nanoTime;
    private @Nullable Supplier<Map<String, String>> headerSupplier;
    private Duration keepAlive = Duration.ZERO;
    private Duration idleTimeout = Duration.ofMinutes(5);
    private int maxIdleConnections = 5;
    private @Nullable ProxyServer proxy;

    private Builder(URI endpoint) {
      String scheme = endpoint.getScheme();
      if (!("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
          || endpoint.getHost() == null) {
        throw new IllegalArgumentException(
            "endpoint must be http://host:port or https://host:port");
      }
      if (endpoint.getRawUserInfo() != null) {
        throw new IllegalArgumentException(
            "endpoint must not contain user info; set an Authorization header instead");
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

    /**
     * Sets the compression; none unless set.
     *
     * @throws IllegalStateException if zstd is chosen and its library is missing
     */
    public Builder compression(OtlpCompression compression) {
      compression.requirePresent();
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

    /**
     * Sets whom to trust: the certificates of a PEM file, and no others. The JVM's unless set.
     *
     * <p>{@link #build()} reads the file. Later a changed file is noticed by new handshakes, which
     * look at most once a second; while a new one is unusable, the earlier certificates stay, and
     * the log says so once. Connections that stand stay. The receiver's host name is verified.
     */
    public Builder trustCertificates(Path pem) {
      this.trustCertificates = Objects.requireNonNull(pem, "pem");
      return this;
    }

    /**
     * Sets who we are to receivers that ask; nobody unless set. Changed files are noticed as with
     * {@link #trustCertificates}, both at once: until they fit, the earlier ones stay.
     *
     * @param certificatePem PEM file with our certificate, followed by those that lead to its root
     * @param keyPem PEM file with the RSA or EC key of our certificate: PKCS#8, PKCS#1 or SEC 1,
     *     unencrypted
     */
    public Builder clientCertificate(Path certificatePem, Path keyPem) {
      this.clientFiles =
          new TlsFiles.ClientFiles(
              Objects.requireNonNull(certificatePem, "certificatePem"),
              Objects.requireNonNull(keyPem, "keyPem"));
      return this;
    }

    /** Sets the clock that tells when to look at files again. */
    Builder nanoTime(LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      return this;
    }

    /**
     * Sets a source of more headers, asked once for each request on a thread of the destination's,
     * for tokens that expire. Its headers win over fixed ones of the same name. While it throws, or
     * gives something that is no header, events wait and are tried again.
     */
    public Builder headerSupplier(Supplier<Map<String, String>> headerSupplier) {
      this.headerSupplier = Objects.requireNonNull(headerSupplier, "headerSupplier");
      return this;
    }

    /**
     * Sets how often an HTTP/2 connection is checked with a ping; one that does not answer is
     * closed. Zero, the default, means never; gRPC servers commonly close connections that ping
     * more often than every 5 minutes. At most 1 day. Without effect where OkHttp is missing.
     */
    public Builder keepAlive(Duration keepAlive) {
      this.keepAlive = keepAlive.isZero() ? keepAlive : positive(keepAlive, "keepAlive");
      return this;
    }

    /**
     * Sets what is kept of connections that nobody uses: at most 5 for 5 minutes unless set.
     * Without effect where OkHttp is missing.
     *
     * @param maxIdleConnections 0 to 64
     * @param idleTimeout 1 ms to 1 day
     */
    public Builder idleConnections(int maxIdleConnections, Duration idleTimeout) {
      if (maxIdleConnections < 0 || maxIdleConnections > 64) {
        throw new IllegalArgumentException(
            "maxIdleConnections must be from 0 to 64, but is " + maxIdleConnections);
      }
      this.maxIdleConnections = maxIdleConnections;
      this.idleTimeout = positive(idleTimeout, "idleTimeout");
      return this;
    }

    /**
     * Sets an HTTP proxy for every request, encrypted and HTTP/2 ones by {@code CONNECT}. Unless
     * set, the JVM's proxies are used, but never for a loopback address.
     *
     * @param port 1 to 65535
     */
    public Builder proxy(String host, int port) {
      this.proxy = proxyServer(host, port, null, null);
      return this;
    }

    /**
     * Sets an HTTP proxy that asks for a password (Basic). Without OkHttp the credentials are not
     * used.
     *
     * @param port 1 to 65535
     */
    public Builder proxy(String host, int port, String user, String password) {
      this.proxy =
          proxyServer(
              host,
              port,
              Objects.requireNonNull(user, "user"),
              Objects.requireNonNull(password, "password"));
      return this;
    }

    private static ProxyServer proxyServer(
        String host, int port, @Nullable String user, @Nullable String password) {
      if (host.isBlank() || port < 1 || port > 65535) {
        throw new IllegalArgumentException("proxy must have a host and a port from 1 to 65535");
      }
      return new ProxyServer(host, port, user, password);
    }

    /**
     * The finished settings.
     *
     * @throws IllegalArgumentException if a file of {@link #trustCertificates} or {@link
     *     #clientCertificate} is unusable, or they are combined with {@link #ssl}
     */
    public OtlpSettings build() {
      return new OtlpSettings(this);
    }

    private @Nullable TlsFiles tlsFiles() {
      if (trustCertificates == null && clientFiles == null) {
        return null;
      }
      if (sslContext != null) {
        throw new IllegalArgumentException(
            "ssl must not be combined with trustCertificates or clientCertificate");
      }
      return new TlsFiles(trustCertificates, clientFiles, nanoTime);
    }

    private static Duration positive(Duration duration, String what) {
      if (duration.compareTo(Duration.ofMillis(1)) < 0) {
        throw new IllegalArgumentException(what + " must be at least 1 ms, but is " + duration);
      }
      if (duration.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(what + " must be at most 1 day, but is " + duration);
      }
      return duration;
    }
  }
}
