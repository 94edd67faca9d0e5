package io.otlpevents.autoconfigure;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.otlp.OtlpCompression;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties below {@code otlp}. Immutable; values that cannot work are refused with an {@link
 * InvalidOtlpPropertyException} when the application starts.
 *
 * @param endpoint Where to send events. Of http/protobuf, /v1/logs is added where the address has
 *     no path. Unless set, http://localhost:4317 for grpc and http://localhost:4318 for
 *     http/protobuf.
 * @param protocol How to send events: grpc or http/protobuf.
 * @param headers Headers of each request, for example for authentication.
 * @param compression How requests are compressed: none or gzip.
 * @param timeout How long one request may take.
 * @param connectTimeout How long connecting may take.
 * @param ssl TLS.
 * @param events Events.
 */
@ConfigurationProperties("otlp")
public record OtlpProperties(
    @Nullable String endpoint,
    @DefaultValue("grpc") Protocol protocol,
    @DefaultValue Map<String, String> headers,
    @DefaultValue("none") OtlpCompression compression,
    @DefaultValue("10s") Duration timeout,
    @DefaultValue("10s") Duration connectTimeout,
    @DefaultValue Ssl ssl,
    @DefaultValue Events events) {

  private static final DataSize MIN_BATCH = DataSize.ofKilobytes(4);

  /** Receivers refuse more than 4 MiB; the rest is room for what surrounds the events. */
  private static final DataSize MAX_BATCH = DataSize.ofKilobytes(3584);

  /** Checks the ranges, and the values against each other. */
  public OtlpProperties {
    requirePositive("otlp.timeout", timeout);
    requirePositive("otlp.connect-timeout", connectTimeout);
    headers = Map.copyOf(headers);
    headers.forEach(OtlpProperties::checkHeader);
    if (endpoint != null && endpoint.isBlank()) {
      endpoint = null;
    }
    if (endpoint != null) {
      endpoint = endpoint.strip();
      checkEndpoint(endpoint, protocol);
    }
    if (ssl.bundle() != null && (endpoint == null || !isHttps(endpoint))) {
      throw new InvalidOtlpPropertyException(
          "otlp.ssl.bundle",
          ssl.bundle(),
          "would not be used, because otlp.endpoint does not begin with https://",
          "Set otlp.endpoint to an https address, or remove otlp.ssl.bundle.");
    }
  }

  /** The endpoint, or the protocol's usual one on this machine where none is set. */
  URI endpointOrDefault() {
    if (endpoint != null) {
      return URI.create(endpoint);
    }
    return URI.create("http://localhost:" + protocol.port);
  }

  private static void checkEndpoint(String endpoint, Protocol protocol) {
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

  private static boolean isHttps(String endpoint) {
    return endpoint.regionMatches(true, 0, "https:", 0, 6);
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

  private static void requirePositive(String property, Duration value) {
    if (value.toMillis() < 1) {
      throw new InvalidOtlpPropertyException(
          property, shown(value), "is less than 1ms", "Write a positive time, for example 10s.");
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

  /** How events are sent. */
  public enum Protocol {
    /** OTLP over gRPC. */
    GRPC("grpc", 4317),
    /** OTLP over HTTP with a protobuf body. */
    HTTP_PROTOBUF("http/protobuf", 4318);

    private final String text;
    private final int port;

    Protocol(String text, int port) {
      this.text = text;
      this.port = port;
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
   */
  public record Ssl(@Nullable String bundle) {}

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
   */
  public record Events(
      @DefaultValue("true") boolean enabled,
      @DefaultValue Map<String, String> defaultAttributes,
      @Nullable Severity minimumSeverity,
      @DefaultValue("10s") Duration shutdownTimeout,
      @DefaultValue Journal journal,
      @DefaultValue Batch batch,
      @DefaultValue Retry retry) {

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
   * @param maxSize Most memory that undelivered events may take; at least two segments.
   * @param segmentSize Size of the pieces in which memory is taken and given back; a multiple of
   *     4KB from 64KB to 256MB.
   * @param maxEventSize Largest encoded event that is accepted; at most half a segment.
   * @param overflow What happens to a new event when the journal is full: block waits for room,
   *     drop-newest drops and counts it.
   * @param maxBlock How long emitting waits at most for room where overflow is block.
   */
  public record Journal(
      @DefaultValue("64MB") DataSize maxSize,
      @DefaultValue("1MB") DataSize segmentSize,
      @DefaultValue("256KB") DataSize maxEventSize,
      @DefaultValue("drop-newest") OverflowPolicy overflow,
      @DefaultValue("1s") Duration maxBlock) {

    private static final DataSize MIN_SEGMENT = DataSize.ofKilobytes(64);
    private static final DataSize MAX_SEGMENT = DataSize.ofMegabytes(256);

    /** Checks the ranges, and the values against each other. */
    public Journal {
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
    }
  }

  /**
   * Batches, in which events are sent.
   *
   * @param maxSize Largest request before compression, from 4KB to 3584KB; receivers refuse more
   *     than 4MB.
   * @param maxDelay How long an event waits at most for others to be sent with it.
   * @param maxInFlight How many requests may be under way at the same time, from 1 to 64.
   */
  public record Batch(
      @DefaultValue("1MB") DataSize maxSize,
      @DefaultValue("200ms") Duration maxDelay,
      @DefaultValue("4") int maxInFlight) {

    /** Checks the ranges. */
    public Batch {
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
   */
  public record Retry(
      @DefaultValue("200ms") Duration initialBackoff, @DefaultValue("10s") Duration maxBackoff) {

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
}
