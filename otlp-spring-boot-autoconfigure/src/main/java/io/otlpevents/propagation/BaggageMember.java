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

  private static boolean read(String header, int from, int to, @Nullable BaggageBuilder builder) {
    int semicolon = header.indexOf(';', from);
    int end = semicolon < 0 || semicolon > to ? to : semicolon;
    int equals = header.indexOf('=', from);
    if (equals < 0 || equals >= end) {
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
