package io.otlpevents.encode;

/** Stack traces whose messages must not be recorded. */
final class StackTraces {

  private StackTraces() {}

  /**
   * Keeps the types of the exceptions and the frames. Lines that are neither belong to a message of
   * several lines.
   */
  static String withoutMessages(String trace) {
    StringBuilder kept = new StringBuilder(trace.length());
    boolean first = true;
    for (String line : trace.split("\n")) {
      String text = line.strip();
      boolean frame = text.startsWith("at ") && text.endsWith(")") && line.startsWith("\t");
      boolean header =
          first || text.startsWith("Caused by: ") || line.stripLeading().startsWith("Suppressed: ");
      if (frame || line.startsWith("\t... ") || line.startsWith("\t\t... ")) {
        kept.append(line.stripTrailing()).append('\n');
      } else if (header) {
        kept.append(headOf(line)).append('\n');
      }
      first = false;
    }
    return kept.toString();
  }

  private static String headOf(String line) {
    int from = 0;
    for (String prefix : new String[] {"Caused by: ", "Suppressed: "}) {
      int at = line.indexOf(prefix);
      if (at >= 0 && line.substring(0, at).isBlank()) {
        from = at + prefix.length();
      }
    }
    int colon = line.indexOf(':', from);
    return colon < 0 ? line.stripTrailing() : line.substring(0, colon);
  }
}
