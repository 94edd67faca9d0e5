package io.otlpevents.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table that can be pasted into {@code RESULTS.md}. */
final class MarkdownTable {

  private final List<List<String>> rows = new ArrayList<>();

  MarkdownTable(String... headings) {
    rows.add(List.of(headings));
  }

  MarkdownTable row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  static String count(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }

  static String decimal(double value, int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  /** As many digits as it takes to tell 99.99 % from all. */
  static String percent(long part, long whole) {
    if (whole == 0) {
      return "–";
    }
    if (part == whole) {
      return "100 %";
    }
    return String.format(
        Locale.ROOT, "%.2f %%", Math.floor(1e4 * (double) part / (double) whole) / 100);
  }

  @Override
  public String toString() {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      text.append('|');
      for (int i = 0; i < columns; i++) {
        String cell = rows.get(r).get(i);
        String fill = " ".repeat(widths[i] - cell.length());
        text.append(' ').append(i == 0 ? cell + fill : fill + cell).append(" |");
      }
      text.append('\n');
      if (r == 0) {
        text.append('|');
        for (int i = 0; i < columns; i++) {
          text.append(i == 0 ? "---" : "---:").append('|');
        }
        text.append('\n');
      }
    }
    return text.toString();
  }
}
