package io.otlpevents.propagation;

import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.TraceStateBuilder;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tracestate} as it arrived. OpenTelemetry's own class knows the keys of level 1 only, and
 * would drop those that level 2 added.
 *
 * @see <a href="https://www.w3.org/TR/trace-context-2/#tracestate-header">Trace Context Level 2</a>
 */
final class W3cTraceState implements TraceState {

  private static final int MOST_MEMBERS = 32;
  private static final int LONGEST_PART = 256;

  /** The largest valid header, with as much again for white space and empty members. */
  static final int LONGEST = 2 * MOST_MEMBERS * (2 * LONGEST_PART + 2);

  private final String header;

  /**
   * Keys and values in turns, once somebody has asked for them: most applications only pass the
   * state on.
   */
  private volatile String @Nullable [] entries;

  private W3cTraceState(String header) {
    this.header = header;
  }

  /**
   * Reads the combined header. Of members with the same key the first counts, which is the most
   * recent; the header is sent on with both.
   *
   * @return empty if there is none or it is invalid
   */
  static TraceState parse(@Nullable String header) {
    if (header == null || header.length() > LONGEST) {
      return TraceState.getDefault();
    }
    int from = Ows.skip(header, 0, header.length());
    int to = Ows.trim(header, from, header.length());
    int members = 0;
    for (int at = from; at < to; ) {
      int next = memberEnd(header, at, to);
      int start = Ows.skip(header, at, next);
      int end = Ows.trim(header, start, next);
      at = next + 1;
      if (start == end) {
        continue; // Empty members are allowed.
      }
      int equals = header.indexOf('=', start);
      if (equals < 0
          || !isKey(header, start, equals)
          || !isValue(header, equals + 1, end)
          || ++members > MOST_MEMBERS) {
        return TraceState.getDefault();
      }
    }
    return members == 0 ? TraceState.getDefault() : new W3cTraceState(header.substring(from, to));
  }

  private static int memberEnd(String header, int at, int to) {
    int comma = header.indexOf(',', at);
    return comma < 0 || comma > to ? to : comma;
  }

  /** Writes a state; empty if there is nothing to send. */
  static String format(TraceState state) {
    if (state instanceof W3cTraceState arrived) {
      return arrived.header;
    }
    if (state.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    state.forEach(
        (key, value) -> {
          if (!text.isEmpty()) {
            text.append(',');
          }
          text.append(key).append('=').append(value);
        });
    return text.toString();
  }

  private static boolean isKey(String text, int from, int to) {
    if (to <= from || to - from > LONGEST_PART || !isLetterOrDigit(text.charAt(from))) {
      return false;
    }
    for (int i = from + 1; i < to; i++) {
      char c = text.charAt(i);
      if (!isLetterOrDigit(c) && c != '_' && c != '-' && c != '*' && c != '/' && c != '@') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetterOrDigit(char c) {
    return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
  }

  /** The caller has removed white space from the end. */
  private static boolean isValue(String text, int from, int to) {
    if (to <= from || to - from > LONGEST_PART) {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == ',' || c == '=') {
        return false;
      }
    }
    return true;
  }

  private static int indexOf(String[] entries, int count, String key) {
    for (int i = 0; i < count; i += 2) {
      if (entries[i].equals(key)) {
        return i;
      }
    }
    return -1;
  }

  /** Of members with the same key only the first is here. */
  private String[] entries() {
    String[] read = entries;
    if (read == null) {
      read = new String[2 * MOST_MEMBERS];
      int count = 0;
      for (int at = 0; at < header.length(); ) {
        int next = memberEnd(header, at, header.length());
        int start = Ows.skip(header, at, next);
        int end = Ows.trim(header, start, next);
        at = next + 1;
        if (start < end) {
          int equals = header.indexOf('=', start);
          String key = header.substring(start, equals);
          if (indexOf(read, count, key) < 0) {
            read[count++] = key;
            read[count++] = header.substring(equals + 1, end);
          }
        }
      }
      read = Arrays.copyOf(read, count);
      entries = read;
    }
    return read;
  }

  @Override
  public @Nullable String get(String key) {
    String[] all = entries();
    int index = indexOf(all, all.length, key);
    return index < 0 ? null : all[index + 1];
  }

  @Override
  public int size() {
    return entries().length / 2;
  }

  @Override
  public boolean isEmpty() {
    return false;
  }

  @Override
  public void forEach(BiConsumer<String, String> consumer) {
    String[] all = entries();
    for (int i = 0; i < all.length; i += 2) {
      consumer.accept(all[i], all[i + 1]);
    }
  }

  @Override
  public Map<String, String> asMap() {
    Map<String, String> map = new LinkedHashMap<>();
    forEach(map::put);
    return Collections.unmodifiableMap(map);
  }

  @Override
  public TraceStateBuilder toBuilder() {
    TraceStateBuilder builder = TraceState.builder();
    // The builder puts what is added last in front.
    String[] all = entries();
    for (int i = all.length - 2; i >= 0; i -= 2) {
      builder.put(all[i], all[i + 1]);
    }
    return builder;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TraceState state && asMap().equals(state.asMap());
  }

  @Override
  public int hashCode() {
    return asMap().hashCode();
  }

  @Override
  public String toString() {
    return header;
  }
}
