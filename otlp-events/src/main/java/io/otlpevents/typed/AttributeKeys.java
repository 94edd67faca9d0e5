package io.otlpevents.typed;

/** Keys of attributes from names in Java. */
final class AttributeKeys {

  private AttributeKeys() {}

  /**
   * A name in snake case, as OpenTelemetry's conventions want it: {@code itemCount} becomes {@code
   * item_count}, {@code orderID} {@code order_id} and {@code httpURLPath} {@code http_url_path}.
   *
   * @see <a href="https://opentelemetry.io/docs/specs/semconv/general/naming/">Semantic
   *     conventions: naming</a>
   */
  static String snakeCase(String name) {
    StringBuilder key = new StringBuilder(name.length() + 4);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c)) {
        if (i > 0 && startsWord(name, i)) {
          key.append('_');
        }
        key.append(Character.toLowerCase(c));
      } else {
        key.append(c);
      }
    }
    return key.toString();
  }

  /** Whether an upper-case letter starts a word, or is within an abbreviation. */
  private static boolean startsWord(String name, int index) {
    char before = name.charAt(index - 1);
    if (before == '_') {
      return false;
    }
    return !Character.isUpperCase(before)
        || index + 1 < name.length() && Character.isLowerCase(name.charAt(index + 1));
  }
}
