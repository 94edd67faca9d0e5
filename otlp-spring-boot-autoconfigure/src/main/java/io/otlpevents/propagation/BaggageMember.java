package io.otlpevents.propagation;

import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.api.baggage.BaggageEntryMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One member of baggage in its header, without white space around it.
 *
 * @see <a href="https://www.w3.org/TR/baggage/#definition">W3C Baggage, definition</a>
 */
final class BaggageMember {

  private BaggageMember() {}

  /** Whether a part of a header is a member. */
  static boolean isValid(String header, int from, int to) {
    return read(header, from, to, null);
  }

  /** Adds what is a member. */
  static void put(String header, int from, int to, BaggageBuilder builder) {
    read(header, from, to, builder);
  }

  /** Where a character is first; {@code to} if it is not there, behind which nothing is read. */
  private static int find(String header, char wanted, int from, int to) {
    int at = from;
    while (at < to && header.charAt(at) != wanted) {
      at++;
    }
    return at;
  }

  private static boolean read(String header, int from, int to, @Nullable BaggageBuilder builder) {
    int end = find(header, ';', from, to);
    int equals = find(header, '=', from, end);
    if (equals == end) {
      return false;
    }
    int keyEnd = Ows.trim(header, from, equals);
    int valueStart = Ows.skip(header, equals + 1, end);
    int valueEnd = Ows.trim(header, valueStart, end);
    int properties = end < to ? Ows.skip(header, end + 1, to) : to;
    if (!BaggageText.isToken(header, from, keyEnd)
        || !BaggageText.isValue(header, valueStart, valueEnd)
        || !BaggageText.isText(header, properties, to)) {
      return false;
    }
    if (builder != null) {
      builder.put(
          header.substring(from, keyEnd),
          BaggageText.decode(header.substring(valueStart, valueEnd)),
          BaggageEntryMetadata.create(header.substring(properties, to)));
    }
    return true;
  }
}
