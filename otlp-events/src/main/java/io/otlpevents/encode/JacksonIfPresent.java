package io.otlpevents.encode;

import org.jspecify.annotations.Nullable;

/**
 * Jackson 3 with its default settings, if it is on the class path. Looked for when the first object
 * needs it, because making a mapper takes a noticeable part of a start.
 */
final class JacksonIfPresent {

  private JacksonIfPresent() {}

  static @Nullable PayloadCodec codec() {
    return Holder.CODEC;
  }

  private static final class Holder {

    static final @Nullable PayloadCodec CODEC = find();

    private static @Nullable PayloadCodec find() {
      try {
        Class.forName(
            "tools.jackson.databind.json.JsonMapper", false, Holder.class.getClassLoader());
        return JacksonPayloads.standard();
      } catch (ClassNotFoundException | LinkageError e) {
        return null;
      }
    }
  }
}
