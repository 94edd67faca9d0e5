package io.otlpevents.propagation;

/**
 * Optional white space of HTTP: spaces and tabs.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3">RFC 9110, section 5.6.3</a>
 */
final class Ows {

  private Ows() {}

  /** The first index from {@code from} on that is not white space, or {@code to}. */
  static int skip(String text, int from, int to) {
    int i = from;
    while (i < to && is(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** The index behind the last character before {@code to} that is not white space. */
  static int trim(String text, int from, int to) {
    int i = to;
    while (i > from && is(text.charAt(i - 1))) {
      i--;
    }
    return i;
  }

  private static boolean is(char c) {
    return c == ' ' || c == '\t';
  }
}
