package io.otlpevents.test;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** JSON text as maps and lists, with Jackson 3. */
final class Json {

  private Json() {}

  static boolean looksLikeJson(String text) {
    String start = text.stripLeading();
    return start.startsWith("{") || start.startsWith("[");
  }

  /**
   * Reads JSON.
   *
   * @throws AssertionError if it is none, or Jackson is missing
   */
  static @Nullable Object parse(String text) {
    try {
      return Reader.read(text);
    } catch (NoClassDefFoundError e) {
      throw new AssertionError(
          "JSON is read with Jackson 3: add tools.jackson.core:jackson-databind", e);
    } catch (RuntimeException e) {
      throw new AssertionError("This is not JSON: " + text, e);
    }
  }

  /** Apart, so that the rest works without Jackson. */
  private static final class Reader {
    static @Nullable Object read(String text) {
      return Plain.of(JsonMapper.shared().readValue(text, Object.class));
    }
  }
}
