package io.otlpevents.encode;

import io.opentelemetry.api.logs.Severity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Selects encoded events by name and severity, for a destination that gets only some. Immutable;
 * safe for any number of threads.
 *
 * <p>A pattern is a name, or the beginning of one followed by {@code *}: {@code order.*} selects
 * {@code order.placed}.
 */
public final class EventSelection {

  private final List<String> included;
  private final List<String> excluded;
  private final int minimumSeverity;

  private EventSelection(List<String> included, List<String> excluded, int minimumSeverity) {
    this.included = List.copyOf(included);
    this.excluded = List.copyOf(excluded);
    this.minimumSeverity = minimumSeverity;
  }

  /**
   * A selection.
   *
   * @param included patterns of which one must fit; empty for every name
   * @param excluded patterns of which none may fit
   * @param minimum the lowest severity; {@link Severity#UNDEFINED_SEVERITY_NUMBER} for any
   */
  public static EventSelection of(List<String> included, List<String> excluded, Severity minimum) {
    return new EventSelection(included, excluded, minimum.getSeverityNumber());
  }

  /**
   * Whether an event is selected.
   *
   * @param bytes holds an encoded OTLP {@code LogRecord}
   * @param offset where it begins
   * @param length its length
   */
  public boolean admits(ByteBuffer bytes, int offset, int length) {
    int severity = 0;
    String name = "";
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int tag = bytes.get(at++) & 0xFF;
      int type = tag & 7;
      if (type == 1) {
        at += 8;
      } else if (type == 5) {
        at += 4;
      } else {
        int value = 0;
        int shift = 0;
        byte next;
        do {
          next = bytes.get(at++);
          value |= (next & 0x7F) << shift;
          shift += 7;
        } while (next < 0);
        if (tag == Otlp.RECORD_SEVERITY) {
          severity = value;
        }
        if (type == 2) {
          if (tag == Otlp.RECORD_EVENT_NAME) {
            byte[] utf8 = new byte[value];
            bytes.get(at, utf8);
            name = new String(utf8, StandardCharsets.UTF_8);
            // The encoder writes the severity before the name.
            break;
          }
          at += value;
        }
      }
    }
    return severity >= minimumSeverity
        && (included.isEmpty() || fits(included, name))
        && !fits(excluded, name);
  }

  private static boolean fits(List<String> patterns, String name) {
    for (String pattern : patterns) {
      int last = pattern.length() - 1;
      if (last >= 0 && pattern.charAt(last) == '*'
          ? name.regionMatches(0, pattern, 0, last)
          : name.equals(pattern)) {
        return true;
      }
    }
    return false;
  }
}
