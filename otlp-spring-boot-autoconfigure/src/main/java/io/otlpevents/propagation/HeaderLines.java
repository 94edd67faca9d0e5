package io.otlpevents.propagation;

import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Reads headers that may be there several times, without letting a sender keep the reader busy. */
final class HeaderLines {

  /** More lines of one header than any sender has a reason for. */
  private static final int MOST_LINES = 128;

  private HeaderLines() {}

  /**
   * The only value of a header.
   *
   * @return null if there is none, or more than one
   */
  static <C> @Nullable String single(C carrier, TextMapGetter<C> getter, String name) {
    Iterator<String> values = getter.getAll(carrier, name);
    if (!values.hasNext()) {
      return null;
    }
    String value = values.next();
    return values.hasNext() ? null : value;
  }

  /**
   * All values of a header, combined with commas in their order.
   *
   * @param longest how many characters are read at most
   * @return null if there is none, or if it is too much
   */
  static <C> @Nullable String combined(
      C carrier, TextMapGetter<C> getter, String name, int longest) {
    Iterator<String> values = getter.getAll(carrier, name);
    if (!values.hasNext()) {
      return null;
    }
    String first = values.next();
    if (!values.hasNext()) {
      return first == null || first.length() > longest ? null : first;
    }
    StringBuilder all = new StringBuilder(first);
    for (int lines = 1; values.hasNext(); lines++) {
      String value = values.next();
      if (lines == MOST_LINES || all.length() + value.length() >= longest) {
        return null;
      }
      all.append(',').append(value);
    }
    return all.toString();
  }
}
