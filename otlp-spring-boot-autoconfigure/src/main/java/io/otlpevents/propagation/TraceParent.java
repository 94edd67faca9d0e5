package io.otlpevents.propagation;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;

/**
 * The value of a {@code traceparent} header.
 *
 * <pre>
 * 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
 * ^  ^                                ^                ^
 * 0  3                                36               53   55 characters
 * </pre>
 *
 * @see <a href="https://www.w3.org/TR/trace-context-2/#traceparent-header">Trace Context Level
 *     2</a>
 */
final class TraceParent {

  private static final int TRACE_ID = 3;
  private static final int SPAN_ID = 36;
  private static final int FLAGS = 53;
  private static final int LENGTH = 55;

  /** Sampled and random; the others are reserved, and have to be sent as zero. */
  private static final int KNOWN_FLAGS = 0x03;

  private TraceParent() {}

  /**
   * Whether a value is valid; if not, the trace starts anew.
   *
   * @param header spaces and tabs around it are ignored
   */
  static boolean isValid(String header) {
    int start = Ows.skip(header, 0, header.length());
    int length = Ows.trim(header, start, header.length()) - start;
    if (length < LENGTH
        || header.charAt(start + TRACE_ID - 1) != '-'
        || header.charAt(start + SPAN_ID - 1) != '-'
        || header.charAt(start + FLAGS - 1) != '-') {
      return false;
    }
    int version = hexByte(header, start);
    int flags = hexByte(header, start + FLAGS);
    if (version < 0 || version == 0xFF || flags < 0) {
      return false;
    }
    // Later versions may have more behind a dash, version 00 ends here.
    if (length > LENGTH && (version == 0 || header.charAt(start + LENGTH) != '-')) {
      return false;
    }
    return isId(header, start + TRACE_ID, 32) && isId(header, start + SPAN_ID, 16);
  }

  /** Reads a value that is valid. */
  static SpanContext parse(String header, TraceState state) {
    int start = Ows.skip(header, 0, header.length());
    int flags = hexByte(header, start + FLAGS) & KNOWN_FLAGS;
    return SpanContext.createFromRemoteParent(
        header.substring(start + TRACE_ID, start + SPAN_ID - 1),
        header.substring(start + SPAN_ID, start + FLAGS - 1),
        TraceFlags.fromByte((byte) flags),
        state);
  }

  /** Writes a value of version 00. */
  static String format(SpanContext span) {
    char[] text = new char[LENGTH];
    text[0] = '0';
    text[1] = '0';
    text[2] = '-';
    span.getTraceId().getChars(0, 32, text, TRACE_ID);
    text[SPAN_ID - 1] = '-';
    span.getSpanId().getChars(0, 16, text, SPAN_ID);
    text[FLAGS - 1] = '-';
    int flags = span.getTraceFlags().asByte() & KNOWN_FLAGS;
    text[FLAGS] = '0';
    text[FLAGS + 1] = (char) ('0' + flags);
    return new String(text);
  }

  private static boolean isId(String text, int from, int length) {
    boolean zero = true;
    for (int i = from; i < from + length; i++) {
      char c = text.charAt(i);
      if (hexDigit(c) < 0) {
        return false;
      }
      zero &= c == '0';
    }
    return !zero;
  }

  private static int hexByte(String text, int at) {
    int high = hexDigit(text.charAt(at));
    int low = hexDigit(text.charAt(at + 1));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  /** Lower case only. */
  private static int hexDigit(char c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  }
}
