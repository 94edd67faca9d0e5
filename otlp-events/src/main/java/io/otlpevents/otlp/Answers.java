package io.otlpevents.otlp;

import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliveryOutcome.Refused;
import io.otlpevents.delivery.DeliveryOutcome.Retry;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.otlp.Transport.Response;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver's answer means.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#failures">OTLP failures</a>
 */
final class Answers {

  private static final int LONGEST_MESSAGE = 1000;

  private Answers() {}

  /** Of an answer over gRPC. */
  static DeliveryOutcome grpc(Response response) {
    String status = response.field("grpc-status");
    if (status == null) {
      return withoutStatus(response);
    }
    byte[] details = base64(response.field("grpc-status-details-bin"));
    RpcStatus rich = RpcStatus.parse(details);
    String described =
        percentDecoded(Objects.requireNonNullElse(response.field("grpc-message"), ""));
    String message = bounded(described.isEmpty() ? rich.message() : described);
    String reason = "gRPC status " + bounded(status) + ": " + message;
    return switch (status.strip()) {
      case "0" -> ExportResponse.parse(response.body());
      case "8" -> // RESOURCE_EXHAUSTED
          tooLarge(message)
              ? new Refused(RefusalReason.TOO_LARGE, message)
              // Without a delay the specification calls it final; to try again loses nothing.
              : new Retry(reason, rich.retryDelay());
      // CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS
      case "1", "4", "10", "11", "14", "15" -> new Retry(reason, rich.retryDelay());
      case "3" -> new Refused(RefusalReason.INVALID_REQUEST, message);
      case "7" -> new Refused(RefusalReason.PERMISSION_DENIED, message);
      case "12" -> new Refused(RefusalReason.UNIMPLEMENTED, message);
      case "16" -> new Refused(RefusalReason.UNAUTHENTICATED, message);
      default -> new Refused(RefusalReason.OTHER, reason);
    };
  }

  /** Of something between us and the receiver, or of a receiver that broke off. */
  private static DeliveryOutcome withoutStatus(Response response) {
    if (response.status() == 200) {
      return new Retry("answer without a gRPC status", null);
    }
    return http(response, "");
  }

  /** How grpc-go and grpc-java word that a request is larger than the receiver allows. */
  private static boolean tooLarge(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    return lower.contains("larger than max") || lower.contains("exceeds maximum size");
  }

  /** Of an answer over HTTP with protobuf. */
  static DeliveryOutcome httpProtobuf(Response response) {
    if (isPage(response)) {
      return PAGE;
    }
    return success(response)
        ? ExportResponse.parse(response.body())
        : http(response, RpcStatus.parse(response.body()).message());
  }

  /** Not lost, and people are told why nothing arrives. */
  static final DeliveryOutcome PAGE = new Retry("a page of HTML instead of an OTLP answer", null);

  /**
   * Whether a success is told by something that is no OTLP receiver, such as a portal or an ingress
   * that answers everything with a page of its own.
   */
  static boolean isPage(Response response) {
    String type = response.field("Content-Type");
    return success(response)
        && type != null
        && type.toLowerCase(Locale.ROOT).startsWith("text/html");
  }

  static boolean success(Response response) {
    return response.status() >= 200 && response.status() < 300;
  }

  /** Of an answer over HTTP that is no success. */
  static DeliveryOutcome http(Response response, String words) {
    int status = response.status();
    String message = "HTTP " + status + (words.isEmpty() ? "" : ": " + bounded(words));
    return switch (status) {
      case 429, 502, 503, 504 -> new Retry(message, retryAfter(response));
      case 400 ->
          // The Collector's words, in text of no fixed type.
          new String(response.body(), StandardCharsets.UTF_8).contains("request body too large")
              ? new Refused(RefusalReason.TOO_LARGE, message)
              : new Refused(RefusalReason.INVALID_REQUEST, message);
      case 401 -> new Refused(RefusalReason.UNAUTHENTICATED, message);
      case 403 -> new Refused(RefusalReason.PERMISSION_DENIED, message);
      case 404, 405, 501 -> new Refused(RefusalReason.UNIMPLEMENTED, message);
      // Not the receiver's answer but a proxy's, which people can put right.
      case 407 -> new Retry("HTTP 407: the proxy wants other credentials", null);
      case 413 -> new Refused(RefusalReason.TOO_LARGE, message);
      case 301, 302, 303, 307, 308 ->
          new Refused(RefusalReason.OTHER, "HTTP " + status + ": redirects are not followed");
      default -> new Refused(RefusalReason.OTHER, message);
    };
  }

  private static @Nullable Duration retryAfter(Response response) {
    Instant now = date(response.field("Date"));
    // The receiver's own clock, where it shows it, so that ours need not agree.
    return retryAfter(response.field("Retry-After"), now == null ? Instant.now() : now);
  }

  /** Reads seconds or an HTTP date; null if absent, unreadable or past. */
  static @Nullable Duration retryAfter(@Nullable String value, Instant now) {
    if (value == null) {
      return null;
    }
    String text = value.strip();
    if (text.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Long.parseLong(text));
    }
    Instant then = date(text);
    return then == null || then.isBefore(now) ? null : Duration.between(now, then);
  }

  private static @Nullable Instant date(@Nullable String text) {
    try {
      return text == null
          ? null
          : DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip(), Instant::from);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static byte[] base64(@Nullable String text) {
    try {
      return text == null ? new byte[0] : Base64.getDecoder().decode(text.strip());
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  /** Undoes the encoding of {@code grpc-message}; broken escapes stay as they are. */
  private static String percentDecoded(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = 0;
    for (int i = 0; i < bytes.length; i++) {
      int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
      if (bytes[i] == '%' && high >= 0 && low >= 0) {
        bytes[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        bytes[length++] = bytes[i];
      }
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "...";
  }
}
