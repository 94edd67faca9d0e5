package io.otlpevents.autoconfigure;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.PayloadMode;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.journal.DiskSettings;
import io.otlpevents.journal.FsyncPolicy;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.otlp.OtlpCompression;
import io.otlpevents.pipeline.AdaptiveSampling;
import io.otlpevents.pipeline.SamplingRule;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties below {@code otlp}. Immutable; values that cannot work are refused with an {@link
 * InvalidOtlpPropertyException} when the application starts. What is null was not set; {@link
 * OtlpReceiver} knows what applies then.
 *
 * @param endpoint Where to send events. Over HTTP, /v1/logs is added where the address has no path.
 *     Unless set, http://localhost:4317 for grpc and http://localhost:4318 for the others.
 * @param protocol How to send events: grpc, http/protobuf or http/json.
 * @param headers Headers of each request, for example for authentication.
 * @param compression How requests are compressed: none, gzip, or zstd, which needs the library
 *     com.github.luben:zstd-jni.
 * @param timeout How long one request may take.
 * @param connectTimeout How long connecting may take.
 * @param keepAlive How often an HTTP/2 connection is checked with a ping; 0s for never. Many
 *     receivers of grpc allow no more than one in 5m.
 * @param ssl TLS.
 * @param proxy The HTTP proxy.
 * @param events Events.
 */
@ConfigurationProperties("otlp")
public record OtlpProperties(
    @Nullable String endpoint,
    @Nullable Protocol protocol,
    @DefaultValue Map<String, String> headers,
    @Nullable OtlpCompression compression,
    @Nullable Duration timeout,
    @DefaultValue("10s") Duration connectTimeout,
    @DefaultValue("0s") Duration keepAlive,
    @DefaultValue Ssl ssl,
    @DefaultValue Proxy proxy,
    @DefaultValue Events events) {

  private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);

  private static final DataSize MIN_BATCH = DataSize.ofKilobytes(4);

  /** Receivers refuse more than 4 MiB; the rest is room for what surrounds the events. */
  private static final DataSize MAX_BATCH = DataSize.ofKilobytes(3584);

  /** Checks the ranges. */
  public OtlpProperties {
    if (timeout != null) {
      requireTimeout("otlp.timeout", timeout);
    }
    requireTimeout("otlp.connect-timeout", connectTimeout);
    if (!keepAlive.isZero()) {
      requireTimeout("otlp.keep-alive", keepAlive);
    }
    headers = Map.copyOf(headers);
    headers.forEach(OtlpProperties::checkHeader);
    if (endpoint != null && endpoint.isBlank()) {
      endpoint = null;
    }
    if (endpoint != null) {
      endpoint = endpoint.strip();
    }
  }

  /**
   * Checks the address, once it is known which protocol is spoken there.
   *
   * @param endpoint the value of otlp.endpoint
   */
  static void checkEndpoint(String endpoint, Protocol protocol) {
    String property = "otlp.endpoint";
    URI uri;
    try {
      uri = new URI(endpoint);
    } catch (URISyntaxException e) {
      throw new InvalidOtlpPropertyException(
          property,
          withoutUserInfo(endpoint),
          "is not a valid address",
          "Write for example http://localhost:" + protocol.port + ".");
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new InvalidOtlpPropertyException(
          property,
          withoutUserInfo(endpoint),
          "does not begin with http:// or https://",
          endpoint.contains("://")
              ? "OTLP is spoken over http and https only; write for example http://localhost:"
                  + protocol.port
                  + "."
              : "Write http://" + withoutUserInfo(endpoint) + ", or https:// where TLS is needed.");
    }
    if (uri.getHost() == null) {
      throw new InvalidOtlpPropertyException(
          property,
          withoutUserInfo(endpoint),
          "does not name a host",
          "Write for example http://localhost:" + protocol.port + ".");
    }
    if (uri.getRawUserInfo() != null) {
      throw new InvalidOtlpPropertyException(
          property,
          withoutUserInfo(endpoint),
          "carries a user name or password, which would not be used",
          "Set otlp.headers.authorization instead.");
    }
    if (uri.getPort() == protocol.other().port) {
      throw new InvalidOtlpPropertyException(
          property,
          endpoint,
          "uses port "
              + uri.getPort()
              + ", where receivers expect "
              + protocol.other()
              + ", but otlp.protocol is "
              + protocol,
          "Use port " + protocol.port + ", or set otlp.protocol=" + protocol.other() + ".");
    }
    String path = uri.getRawPath();
    if (protocol == Protocol.GRPC && path != null && !path.isEmpty() && !path.equals("/")) {
      throw new InvalidOtlpPropertyException(
          property,
          endpoint,
          "has the path " + path + ", which gRPC does not use",
          "Remove the path, or set otlp.protocol=" + Protocol.HTTP_PROTOBUF + ".");
    }
  }

  /** Passwords stay out of messages. */
  private static String withoutUserInfo(String endpoint) {
    int at = endpoint.lastIndexOf('@');
    return at < 0 ? endpoint : "…" + endpoint.substring(at);
  }

  /** The message names the header but never shows its value, which may be a secret. */
  private static void checkHeader(String name, String value) {
    boolean validName =
        !name.isEmpty()
            && name.chars()
                .allMatch(c -> c > 0x20 && c < 0x7f && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0);
    if (!validName) {
      throw new InvalidOtlpPropertyException(
          "otlp.headers",
          null,
          "contains the header name \"" + printable(name) + "\", which HTTP does not allow",
          "Use letters, digits and hyphens, for example otlp.headers.x-api-key.");
    }
    if (!value.chars().allMatch(c -> c == '\t' || (c >= 0x20 && c < 0x7f))) {
      throw new InvalidOtlpPropertyException(
          "otlp.headers." + name,
          null,
          "contains a line break or another character that HTTP does not allow in a header",
          "Use printable ASCII characters; a secret read from a file often ends with a line break.");
    }
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }

  private static void requireTogether(
      String property, @Nullable Object value, String other, @Nullable Object otherValue) {
    if (value == null && otherValue != null) {
      throw new InvalidOtlpPropertyException(
          property, null, "is not set, but " + other + " is", "Set both, or remove both.");
    }
  }

  private static void requirePositive(String property, Duration value) {
    if (value.toMillis() < 1) {
      throw new InvalidOtlpPropertyException(
          property, shown(value), "is less than 1ms", "Write a positive time, for example 10s.");
    }
  }

  private static void requireTimeout(String property, Duration value) {
    requirePositive(property, value);
    if (value.compareTo(LONGEST_TIMEOUT) > 0) {
      throw new InvalidOtlpPropertyException(
          property, shown(value), "is more than a day", "Write a shorter time, for example 10s.");
    }
  }

  private static void requireAtLeastOne(String property, int value, String example) {
    if (value < 1) {
      throw new InvalidOtlpPropertyException(
          property, String.valueOf(value), "is less than 1", "Write for example " + example + ".");
    }
  }

  private static void requireNotNegative(String property, Duration value) {
    if (value.isNegative()) {
      throw new InvalidOtlpPropertyException(
          property, shown(value), "is a negative time", "Write for example 1s, or 0s for none.");
    }
  }

  private static void requirePositive(String property, DataSize value) {
    if (value.toBytes() <= 0) {
      throw new InvalidOtlpPropertyException(
          property, shown(value), "is not a positive size", "Write for example 1MB.");
    }
  }

  private static void requireAtMost(
      String property, DataSize value, DataSize limit, String reason) {
    if (value.compareTo(limit) > 0) {
      throw new InvalidOtlpPropertyException(
          property,
          shown(value),
          "is more than " + shown(limit) + ", " + reason,
          "Write at most " + shown(limit) + ".");
    }
  }

  private static String shown(Duration value) {
    return value.toMillis() % 1000 == 0 ? value.toSeconds() + "s" : value.toMillis() + "ms";
  }

  private static String shown(DataSize value) {
    long bytes = value.toBytes();
    if (bytes != 0 && bytes % (1 << 20) == 0) {
      return value.toMegabytes() + "MB";
    }
    return bytes != 0 && bytes % (1 << 10) == 0 ? value.toKilobytes() + "KB" : bytes + "B";
  }

  /** Tells everything but the values of headers, which may be secrets. */
  @Override
  public String toString() {
    return "OtlpProperties[endpoint="
        + (endpoint == null ? null : withoutUserInfo(endpoint))
        + ", protocol="
        + protocol
        + ", headers="
        + headers.keySet()
        + ", compression="
        + compression
        + ", timeout="
        + timeout
        + ", connectTimeout="
        + connectTimeout
        + ", keepAlive="
        + keepAlive
        + ", ssl="
        + ssl
        + ", proxy="
        + proxy
        + ", events="
        + events
        + "]";
  }

  /** How events are sent. */
  public enum Protocol {
    /** OTLP over gRPC. */
    GRPC("grpc", 4317),
    /** OTLP over HTTP with a protobuf body. */
    HTTP_PROTOBUF("http/protobuf", 4318),
    /** OTLP over HTTP with a JSON body. */
    HTTP_JSON("http/json", 4318);

    private final String text;
    private final int port;

    Protocol(String text, int port) {
      this.text = text;
      this.port = port;
    }

    /** The protocol that OpenTelemetry spells so; null if there is none. */
    static @Nullable Protocol of(String text) {
      for (Protocol protocol : values()) {
        if (protocol.text.equals(text)) {
          return protocol;
        }
      }
      return null;
    }

    /** Where receivers on this machine usually listen. */
    URI usualEndpoint() {
      return URI.create("http://localhost:" + port);
    }

    private Protocol other() {
      return this == GRPC ? HTTP_PROTOBUF : GRPC;
    }

    /** The value as OpenTelemetry spells it. */
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * TLS.
   *
   * @param bundle Name of the SSL bundle with the certificates to trust and to present. Unless set,
   *     the trust of the Java runtime applies.
   * @param certificate PEM file of the certificates to trust, in place of a bundle. Read again when
   *     it changes.
   * @param clientCertificate PEM file of the certificate to present, followed by those that lead to
   *     its root, in place of a bundle. Read again when it changes.
   * @param clientKey PEM file of the client certificate's key, unencrypted. Read again when it
   *     changes.
   */
  public record Ssl(
      @Nullable String bundle,
      @Nullable String certificate,
      @Nullable String clientCertificate,
      @Nullable String clientKey) {

    /** Checks that files come in pairs, and not beside a bundle. */
    public Ssl {
      bundle = textOrNull(bundle);
      certificate = textOrNull(certificate);
      clientCertificate = textOrNull(clientCertificate);
      clientKey = textOrNull(clientKey);
      requireTogether(
          "otlp.ssl.client-key", clientKey, "otlp.ssl.client-certificate", clientCertificate);
      requireTogether(
          "otlp.ssl.client-certificate", clientCertificate, "otlp.ssl.client-key", clientKey);
      if (bundle != null && (certificate != null || clientKey != null)) {
        throw new InvalidOtlpPropertyException(
            "otlp.ssl.bundle",
            bundle,
            "is set together with "
                + (certificate != null ? "otlp.ssl.certificate" : "otlp.ssl.client-certificate"),
            "Remove one of both; a bundle says whom to trust and what to present.");
      }
    }

    private static @Nullable String textOrNull(@Nullable String text) {
      return text == null || text.isBlank() ? null : text.strip();
    }
  }

  /**
   * The HTTP proxy.
   *
   * @param host Host name of the proxy. Unless set, the proxies of the Java runtime apply.
   * @param port Port of the proxy.
   * @param user User name, where the proxy asks for one.
   * @param password Password, where the proxy asks for one.
   */
  public record Proxy(
      @Nullable String host,
      @Nullable Integer port,
      @Nullable String user,
      @Nullable String password) {

    /** Checks that what belongs together is set together. */
    public Proxy {
      requireTogether("otlp.proxy.port", port, "otlp.proxy.host", host);
      requireTogether("otlp.proxy.host", host, "otlp.proxy.port", port);
      requireTogether("otlp.proxy.host", host, "otlp.proxy.user", user);
      requireTogether("otlp.proxy.user", user, "otlp.proxy.password", password);
      requireTogether("otlp.proxy.password", password, "otlp.proxy.user", user);
      if (host != null && host.isBlank()) {
        throw new InvalidOtlpPropertyException(
            "otlp.proxy.host", host, "is empty", "Write the proxy's name, or remove the property.");
      }
      if (port != null && (port < 1 || port > 65535)) {
        throw new InvalidOtlpPropertyException(
            "otlp.proxy.port",
            String.valueOf(port),
            "is not between 1 and 65535",
            "Write for example 3128.");
      }
    }

    /** Tells everything but the password. */
    @Override
    public String toString() {
      return "Proxy[host=" + host + ", port=" + port + ", user=" + user + "]";
    }
  }

  /**
   * Events.
   *
   * @param enabled Whether events are emitted. Where not, code that emits keeps working and each
   *     event is filtered out.
   * @param defaultAttributes Attributes of every event; an event's own attribute of the same key
   *     wins.
   * @param minimumSeverity Least severe events to emit; less severe ones are filtered out. Unless
   *     set, all are emitted.
   * @param shutdownTimeout How long stopping the application waits for the delivery of the events
   *     that are left.
   * @param journal The journal, which holds events until they are delivered.
   * @param batch Batches, in which events are sent.
   * @param retry Retries, which go on as long as the journal has room.
   * @param payload Payloads.
   * @param limits Limits of an event; what exceeds them is cut or left out.
   * @param redaction What must not leave the application.
   * @param sampling Sampling, which keeps a part of the events.
   * @param resource What describes the application.
   * @param bridge Events of Spring that are emitted, too.
   * @param mirrorToSpan Whether each event is also added to the current span as a span event, where
   *     OpenTelemetry's tracer records one.
   */
  public record Events(
      @DefaultValue("true") boolean enabled,
      @DefaultValue Map<String, String> defaultAttributes,
      @Nullable Severity minimumSeverity,
      @DefaultValue("10s") Duration shutdownTimeout,
      @DefaultValue Journal journal,
      @DefaultValue Batch batch,
      @DefaultValue Retry retry,
      @DefaultValue Payload payload,
      @DefaultValue Limits limits,
      @DefaultValue Redaction redaction,
      @DefaultValue Sampling sampling,
      @DefaultValue Resource resource,
      @DefaultValue Bridge bridge,
      @DefaultValue("false") boolean mirrorToSpan) {

    /** Checks the ranges, and the values against each other. */
    public Events {
      defaultAttributes = Map.copyOf(defaultAttributes);
      requireNotNegative("otlp.events.shutdown-timeout", shutdownTimeout);
      requireAtMost(
          "otlp.events.batch.max-size",
          batch.maxSize(),
          journal.maxSize(),
          "which is all that the journal holds (otlp.events.journal.max-size)");
    }
  }

  /**
   * The journal, which holds events until they are delivered.
   *
   * @param directory Directory to keep events in, so that they outlive the process; made if it is
   *     missing. Unless set, events are kept in memory.
   * @param maxSize Most memory or disk that undelivered events may take; at least two segments. The
   *     default is 64MB in memory and 1GB in a directory.
   * @param segmentSize Size of the pieces in which memory or disk is taken and given back; a
   *     multiple of 4KB from 64KB to 256MB. The default is 1MB in memory and 8MB in a directory.
   * @param maxEventSize Largest encoded event that is accepted; at most half a segment.
   * @param overflow What happens to a new event when the journal is full: block waits for room,
   *     drop-newest drops and counts it, drop-oldest gives up the oldest events and counts them.
   * @param maxBlock How long emitting waits at most for room where overflow is block.
   * @param fsync When files are written to the device: os, interval or always. Each survives the
   *     end of the process; a power cut takes what is not on the device. The default is os.
   * @param fsyncInterval How often files are written to the device where fsync is interval. The
   *     default is 1s.
   * @param exclusive Whether another process that uses the directory stops the start. Otherwise
   *     each has a sub-directory, and those of dead processes are taken over.
   * @param reservedSize Part of max-size that only security audit and events of protected-severity
   *     may use; at least two segments must remain for the others.
   * @param protectedSeverity Least severe events that may use what is reserved.
   * @param maxAge How old events may become before they are given up and counted, at least 1s.
   *     Unless set, they wait as long as it takes.
   */
  public record Journal(
      @Nullable String directory,
      DataSize maxSize,
      DataSize segmentSize,
      @DefaultValue("256KB") DataSize maxEventSize,
      @DefaultValue("drop-newest") OverflowPolicy overflow,
      @DefaultValue("1s") Duration maxBlock,
      @Nullable FsyncPolicy fsync,
      @Nullable Duration fsyncInterval,
      @DefaultValue("false") boolean exclusive,
      @DefaultValue("0B") DataSize reservedSize,
      @DefaultValue("fatal") Severity protectedSeverity,
      @Nullable Duration maxAge) {

    static final String DIRECTORY = "otlp.events.journal.directory";

    private static final DataSize MIN_SEGMENT = DataSize.ofKilobytes(64);
    private static final DataSize MAX_SEGMENT = DataSize.ofMegabytes(256);

    /** Sets what depends on the place, and checks the ranges and the values against each other. */
    public Journal {
      directory = directory == null || directory.isBlank() ? null : directory.strip();
      // Binding passes null for what is not set.
      JournalSettings defaults =
          directory == null
              ? JournalSettings.defaults()
              : JournalSettings.onDisk(DiskSettings.in(path(directory)));
      maxSize = Objects.requireNonNullElse(maxSize, DataSize.ofBytes(defaults.maxSize()));
      segmentSize =
          Objects.requireNonNullElse(segmentSize, DataSize.ofBytes(defaults.segmentSize()));
      requirePositive("otlp.events.journal.max-size", maxSize);
      String segmentProperty = "otlp.events.journal.segment-size";
      requireAtMost(segmentProperty, segmentSize, MAX_SEGMENT, "the largest segment there is");
      if (segmentSize.compareTo(MIN_SEGMENT) < 0 || segmentSize.toBytes() % 4096 != 0) {
        throw new InvalidOtlpPropertyException(
            segmentProperty,
            shown(segmentSize),
            "is not a multiple of 4KB that is at least 64KB",
            "Write for example 1MB.");
      }
      if (maxSize.toBytes() < 2 * segmentSize.toBytes()) {
        throw new InvalidOtlpPropertyException(
            "otlp.events.journal.max-size",
            shown(maxSize),
            "is less than two segments (otlp.events.journal.segment-size="
                + shown(segmentSize)
                + ")",
            "Write at least "
                + shown(DataSize.ofBytes(2 * segmentSize.toBytes()))
                + ", or make segments smaller.");
      }
      requirePositive("otlp.events.journal.max-event-size", maxEventSize);
      requireAtMost(
          "otlp.events.journal.max-event-size",
          maxEventSize,
          DataSize.ofBytes(segmentSize.toBytes() / 2),
          "half a segment (otlp.events.journal.segment-size)");
      requireAtMost(
          "otlp.events.journal.max-event-size",
          maxEventSize,
          MAX_BATCH,
          "the most that fits into one request");
      requirePositive("otlp.events.journal.max-block", maxBlock);
      if (directory == null) {
        requireDirectoryFor("otlp.events.journal.fsync", fsync);
        requireDirectoryFor("otlp.events.journal.exclusive", exclusive ? true : null);
      }
      if (fsyncInterval != null) {
        requireTimeout("otlp.events.journal.fsync-interval", fsyncInterval);
        if (fsync != FsyncPolicy.INTERVAL) {
          throw new InvalidOtlpPropertyException(
              "otlp.events.journal.fsync-interval",
              shown(fsyncInterval),
              "would not be used, because otlp.events.journal.fsync is not interval",
              "Set otlp.events.journal.fsync=interval, or remove the property.");
        }
      }
      if (reservedSize.isNegative()
          || reservedSize.toBytes() > maxSize.toBytes() - 2 * segmentSize.toBytes()) {
        throw new InvalidOtlpPropertyException(
            "otlp.events.journal.reserved-size",
            shown(reservedSize),
            "does not leave two segments of otlp.events.journal.max-size="
                + shown(maxSize)
                + " to other events (otlp.events.journal.segment-size="
                + shown(segmentSize)
                + ")",
            "Write a smaller size, or make the journal larger.");
      }
      if (protectedSeverity == Severity.UNDEFINED_SEVERITY_NUMBER) {
        throw new InvalidOtlpPropertyException(
            "otlp.events.journal.protected-severity",
            "undefined-severity-number",
            "is no severity",
            "Write for example error.");
      }
      if (maxAge != null && maxAge.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new InvalidOtlpPropertyException(
            "otlp.events.journal.max-age",
            shown(maxAge),
            "is less than 1s",
            "Write for example 24h, or remove the property for no limit.");
      }
    }

    private static Path path(String directory) {
      try {
        return Path.of(directory);
      } catch (InvalidPathException e) {
        throw new InvalidOtlpPropertyException(
            DIRECTORY, null, "is not a valid path", "Write for example /var/lib/shop/events.");
      }
    }

    private static void requireDirectoryFor(String property, @Nullable Object value) {
      if (value != null) {
        throw new InvalidOtlpPropertyException(
            property,
            value.toString().toLowerCase(Locale.ROOT),
            "would not be used, because " + DIRECTORY + " is not set and events are in memory",
            "Set " + DIRECTORY + ", or remove the property.");
      }
    }

    /** For the engine. */
    JournalSettings settings() {
      String where = directory;
      return new JournalSettings(
          maxSize.toBytes(),
          Math.toIntExact(segmentSize.toBytes()),
          Math.toIntExact(maxEventSize.toBytes()),
          overflow,
          maxBlock,
          reservedSize.toBytes(),
          maxAge,
          where == null ? null : disk(DiskSettings.in(path(where))));
    }

    private DiskSettings disk(DiskSettings disk) {
      DiskSettings settings = disk.withExclusive(exclusive);
      if (fsync != null) {
        settings = settings.withFsync(fsync);
      }
      return fsyncInterval == null ? settings : settings.withSyncInterval(fsyncInterval);
    }
  }

  /**
   * Batches, in which events are sent.
   *
   * @param preset What max-size and max-delay are unless they are set: low-latency is 256KB and
   *     20ms, balanced is 1MB and 200ms, high-throughput is 3MB and 1s.
   * @param adaptive Whether size and delay follow the load and the receiver's answers, within
   *     max-size and max-delay.
   * @param maxSize Largest request before compression, from 4KB to 3584KB; receivers refuse more
   *     than 4MB. The default depends on the preset.
   * @param maxDelay How long an event waits at most for others to be sent with it. The default
   *     depends on the preset.
   * @param maxInFlight How many requests may be under way at the same time, from 1 to 64.
   */
  public record Batch(
      @DefaultValue("balanced") Preset preset,
      @DefaultValue("false") boolean adaptive,
      DataSize maxSize,
      Duration maxDelay,
      @DefaultValue("4") int maxInFlight) {

    /** Takes from the preset what is not set, and checks the ranges. */
    public Batch {
      // Binding passes null for what is not set.
      maxSize =
          Objects.requireNonNullElse(maxSize, DataSize.ofBytes(preset.settings().maxBatchSize()));
      maxDelay = Objects.requireNonNullElse(maxDelay, preset.settings().maxDelay());
      if (maxSize.compareTo(MIN_BATCH) < 0) {
        throw new InvalidOtlpPropertyException(
            "otlp.events.batch.max-size",
            shown(maxSize),
            "is less than 4KB",
            "Write for example 1MB.");
      }
      requireAtMost(
          "otlp.events.batch.max-size",
          maxSize,
          MAX_BATCH,
          "because receivers refuse requests of more than 4MB");
      requirePositive("otlp.events.batch.max-delay", maxDelay);
      if (maxInFlight < 1 || maxInFlight > 64) {
        throw new InvalidOtlpPropertyException(
            "otlp.events.batch.max-in-flight",
            String.valueOf(maxInFlight),
            "is not between 1 and 64",
            "Write for example 4.");
      }
    }
  }

  /**
   * Retries, which go on as long as the journal has room.
   *
   * @param initialBackoff Mean wait before the first retry; doubled for each further one.
   * @param maxBackoff Longest wait before any retry.
   * @param bisectRefused Whether a request that the receiver calls malformed is halved and sent
   *     again until only the bad events are refused. Otherwise all its events are.
   * @param holdUnauthorized Whether events wait while the receiver does not accept the credentials.
   *     Otherwise they are refused.
   */
  public record Retry(
      @DefaultValue("200ms") Duration initialBackoff,
      @DefaultValue("10s") Duration maxBackoff,
      @DefaultValue("false") boolean bisectRefused,
      @DefaultValue("false") boolean holdUnauthorized) {

    /** Checks the ranges. */
    public Retry {
      requirePositive("otlp.events.retry.initial-backoff", initialBackoff);
      requirePositive("otlp.events.retry.max-backoff", maxBackoff);
      if (maxBackoff.compareTo(initialBackoff) < 0) {
        throw new InvalidOtlpPropertyException(
            "otlp.events.retry.max-backoff",
            shown(maxBackoff),
            "is less than otlp.events.retry.initial-backoff=" + shown(initialBackoff),
            "Write at least " + shown(initialBackoff) + ", or make the first one smaller.");
      }
    }
  }

  /** What batches are like unless set in detail. */
  public enum Preset {
    /** Events arrive sooner, in more requests. */
    LOW_LATENCY(DeliverySettings.lowLatency()),
    /** Something of both. */
    BALANCED(DeliverySettings.balanced()),
    /** Fewer and larger requests, later. */
    HIGH_THROUGHPUT(DeliverySettings.highThroughput());

    private final DeliverySettings settings;

    Preset(DeliverySettings settings) {
      this.settings = settings;
    }

    DeliverySettings settings() {
      return settings;
    }
  }

  /**
   * Payloads.
   *
   * @param mode How payloads are recorded unless the event says otherwise: flat makes each entry an
   *     attribute, structured-body and json-string make them the body, nested-attribute makes one
   *     attribute of them.
   * @param key Attribute of payloads that are recorded as one attribute.
   */
  public record Payload(
      @DefaultValue("flat") PayloadMode mode, @DefaultValue("otlpevents.payload") String key) {

    /** Checks the key. */
    public Payload {
      if (key.isBlank()) {
        throw new InvalidOtlpPropertyException(
            "otlp.events.payload.key", key, "is empty", "Write for example otlpevents.payload.");
      }
    }
  }

  /**
   * Limits of an event; what exceeds them is cut or left out.
   *
   * @param maxAttributes Most attributes that an event and its payload may have. More are left out
   *     and counted in the record's dropped_attributes_count.
   * @param maxValueLength Longest text in an attribute or payload, in characters; a longer one is
   *     cut. Unless set, there is no limit.
   * @param maxDepth How deep objects and arrays may be nested, from 1 to 30; an event with deeper
   *     values is refused.
   */
  public record Limits(
      @DefaultValue("128") int maxAttributes,
      @Nullable Integer maxValueLength,
      @DefaultValue("30") int maxDepth) {

    /** Checks the ranges. */
    public Limits {
      requireAtLeastOne("otlp.events.limits.max-attributes", maxAttributes, "128");
      if (maxValueLength != null) {
        requireAtLeastOne("otlp.events.limits.max-value-length", maxValueLength, "4096");
      }
      if (maxDepth < 1 || maxDepth > 30) {
        throw new InvalidOtlpPropertyException(
            "otlp.events.limits.max-depth",
            String.valueOf(maxDepth),
            "is not between 1 and 30",
            "Write for example 30.");
      }
    }
  }

  /**
   * What must not leave the application. Keys are dotted, as password, customer.email or card.*,
   * and match whole segments anywhere in the path of an attribute or payload entry.
   *
   * @param drop Keys of what is left out. Wins over mask and hash.
   * @param mask Keys of what is recorded as ***. Wins over hash.
   * @param hash Keys of what is recorded as a hash, the same for equal values.
   * @param hashSecret Secret key of the hash, at least 16 bytes, so that values cannot be found by
   *     trying.
   */
  public record Redaction(
      @DefaultValue List<String> drop,
      @DefaultValue List<String> mask,
      @DefaultValue List<String> hash,
      @Nullable String hashSecret) {

    private static final int SHORTEST_SECRET = 16;

    /** Checks keys and secret; messages never show the secret. */
    public Redaction {
      drop = checkedKeys("otlp.events.redaction.drop", drop);
      mask = checkedKeys("otlp.events.redaction.mask", mask);
      hash = checkedKeys("otlp.events.redaction.hash", hash);
      String property = "otlp.events.redaction.hash-secret";
      if (hashSecret == null) {
        if (!hash.isEmpty()) {
          throw new InvalidOtlpPropertyException(
              property,
              null,
              "is not set, but otlp.events.redaction.hash names keys",
              "Set it to a random text of at least 16 characters that is kept secret.");
        }
      } else if (hashSecret.getBytes(StandardCharsets.UTF_8).length < SHORTEST_SECRET) {
        throw new InvalidOtlpPropertyException(
            property,
            null,
            "is shorter than 16 bytes",
            "Set it to a random text of at least 16 characters that is kept secret.");
      }
    }

    private static List<String> checkedKeys(String property, List<String> keys) {
      for (String key : keys) {
        if (key.isBlank()) {
          throw new InvalidOtlpPropertyException(
              property, null, "contains an empty key", "Write for example password, card.*");
        }
      }
      return List.copyOf(keys);
    }

    /** Tells everything but the secret. */
    @Override
    public String toString() {
      return "Redaction[drop=" + drop + ", mask=" + mask + ", hash=" + hash + "]";
    }
  }

  /**
   * Sampling, which keeps a part of the events; never concerns security audit.
   *
   * @param rules Rules by event name, of which the most specific one applies: a name, a ratio from
   *     0 to 1, and max-per-second.
   * @param adaptive Sampling under pressure.
   */
  public record Sampling(@DefaultValue List<Rule> rules, @DefaultValue Adaptive adaptive) {

    /** Checks the rules. */
    public Sampling {
      rules = List.copyOf(rules);
      Set<String> names = new HashSet<>();
      for (int i = 0; i < rules.size(); i++) {
        String property = "otlp.events.sampling.rules[" + i + "].";
        Rule rule = rules.get(i);
        checkName(property + "name", rule.name());
        if (!names.add(rule.name())) {
          throw new InvalidOtlpPropertyException(
              property + "name",
              rule.name(),
              "is the name of an earlier rule, too",
              "Put ratio and max-per-second into one rule.");
        }
        if (!(rule.ratio() >= 0 && rule.ratio() <= 1)) {
          throw new InvalidOtlpPropertyException(
              property + "ratio",
              String.valueOf(rule.ratio()),
              "is not between 0 and 1",
              "Write for example 0.1 for a tenth of the events.");
        }
        Double rate = rule.maxPerSecond();
        if (rate != null && !(rate > 0 && rate <= 1_000_000)) {
          throw new InvalidOtlpPropertyException(
              property + "max-per-second",
              String.valueOf(rate),
              "is not greater than 0 and at most 1000000",
              "Write for example 100, or ratio: 0 to keep nothing.");
        }
      }
    }

    private static void checkName(String property, @Nullable String name) {
      if (name == null) {
        throw new InvalidOtlpPropertyException(
            property, null, "is not set", "Write an event's name, order.* or *.");
      }
      try {
        SamplingRule.ratio(name, 1);
      } catch (IllegalArgumentException e) {
        throw new InvalidOtlpPropertyException(
            property,
            name,
            "is neither a name nor a prefix that ends in .*",
            "Write for example order.placed, order.* or *.");
      }
    }
  }

  /**
   * How many of certain events are kept.
   *
   * @param name An event's name, a prefix such as order.*, or * for every name.
   * @param ratio Share to keep, from 0 to 1.
   * @param maxPerSecond Most events a second, after the ratio. Unless set, there is no limit.
   */
  public record Rule(String name, @DefaultValue("1") double ratio, @Nullable Double maxPerSecond) {}

  /**
   * Sampling under pressure.
   *
   * @param enabled Whether less severe events are thinned out as the journal fills, so that room is
   *     left for the others.
   * @param lowWaterMark How full the journal is when thinning out starts, from 0 to 1.
   * @param highWaterMark How full the journal is when the floor is reached, from 0 to 1.
   * @param floor Smallest share of events that is kept, from 0 to 1.
   * @param keepFrom Least severe events that are always kept.
   */
  public record Adaptive(
      @DefaultValue("false") boolean enabled,
      @DefaultValue("0.5") double lowWaterMark,
      @DefaultValue("0.9") double highWaterMark,
      @DefaultValue("0.01") double floor,
      @DefaultValue("warn") Severity keepFrom) {

    /** Checks the ranges, and the values against each other. */
    public Adaptive {
      requireShare("otlp.events.sampling.adaptive.low-water-mark", lowWaterMark);
      requireShare("otlp.events.sampling.adaptive.high-water-mark", highWaterMark);
      requireShare("otlp.events.sampling.adaptive.floor", floor);
      if (lowWaterMark >= highWaterMark) {
        throw new InvalidOtlpPropertyException(
            "otlp.events.sampling.adaptive.low-water-mark",
            String.valueOf(lowWaterMark),
            "is not less than otlp.events.sampling.adaptive.high-water-mark=" + highWaterMark,
            "Write for example 0.5 and 0.9.");
      }
    }

    private static void requireShare(String property, double value) {
      if (!(value >= 0 && value <= 1)) {
        throw new InvalidOtlpPropertyException(
            property, String.valueOf(value), "is not between 0 and 1", "Write for example 0.5.");
      }
    }

    AdaptiveSampling settings() {
      return new AdaptiveSampling(lowWaterMark, highWaterMark, floor, keepFrom);
    }
  }

  /**
   * What describes the application.
   *
   * @param detection Whether host, process, container and Kubernetes pod are described, as far as
   *     the application does not state them itself.
   */
  public record Resource(@DefaultValue("true") boolean detection) {}

  /**
   * Events of Spring that are emitted, too.
   *
   * @param applicationEvents Whether what is published with an ApplicationEventPublisher and
   *     annotated with BusinessEvent is emitted.
   */
  public record Bridge(@DefaultValue("true") boolean applicationEvents) {}
}
