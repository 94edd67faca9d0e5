package io.otlpevents.test;

import io.otlpevents.ledger.Ledger;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Words for failed assertions. */
final class Descriptions {

  private static final int MOST_EVENTS = 50;
  private static final int LONGEST_TEXT = 200;

  private Descriptions() {}

  static String of(EmittedEvent event) {
    StringJoiner attributes = new StringJoiner(", ", "{", "}");
    event
        .attributes()
        .forEach(
            (key, value) -> {
              // Differs each time and says nothing.
              if (!key.equals("log.record.uid")) {
                attributes.add(key + "=" + value(value));
              }
            });
    StringBuilder text = new StringBuilder();
    text.append(event.name()).append(' ').append(event.severity()).append(' ').append(attributes);
    if (event.body() != null) {
      text.append(" body=").append(value(event.body()));
    }
    text.append(event.traceId().isEmpty() ? " no trace" : " trace=" + event.traceId());
    return text.toString();
  }

  /** A value as in source code, so that a text of digits does not look like a number. */
  static String value(@Nullable Object value) {
    if (value instanceof String text) {
      return '"'
          + (text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…")
          + '"';
    }
    if (value instanceof byte[] bytes) {
      return "0x" + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, LONGEST_TEXT / 2));
    }
    if (value instanceof Map<?, ?> map) {
      StringJoiner entries = new StringJoiner(", ", "{", "}");
      map.forEach((key, entry) -> entries.add(key + "=" + value(entry)));
      return entries.toString();
    }
    if (value instanceof List<?> list) {
      StringJoiner elements = new StringJoiner(", ", "[", "]");
      list.forEach(element -> elements.add(value(element)));
      return elements.toString();
    }
    return String.valueOf(value);
  }

  /** All events, numbered, each on a line of its own. */
  static String list(List<EmittedEvent> events) {
    if (events.isEmpty()) {
      return "No event was emitted.";
    }
    StringBuilder text = new StringBuilder(events.size() == 1 ? "Emitted was:" : "Emitted were:");
    for (int i = 0; i < Math.min(events.size(), MOST_EVENTS); i++) {
      text.append("\n  ").append(i + 1).append(". ").append(of(events.get(i)));
    }
    if (events.size() > MOST_EVENTS) {
      text.append("\n  … and ").append(events.size() - MOST_EVENTS).append(" more");
    }
    return text.toString();
  }

  /** What was emitted in vain between two moments; empty if nothing was. */
  static String losses(Ledger.Snapshot before, Ledger.Snapshot after) {
    StringJoiner losses = new StringJoiner(", ", "\nNot to be sent were: ", "");
    losses.setEmptyValue("");
    add(losses, after.filtered() - before.filtered(), "filtered out");
    add(losses, after.sampledOut() - before.sampledOut(), "sampled out");
    after
        .rejected()
        .forEach(
            (reason, count) ->
                add(
                    losses,
                    count - before.rejected().getOrDefault(reason, 0L),
                    "refused as " + reason));
    return losses.toString();
  }

  private static void add(StringJoiner losses, long count, String fate) {
    if (count > 0) {
      losses.add(count + " " + fate);
    }
  }
}
