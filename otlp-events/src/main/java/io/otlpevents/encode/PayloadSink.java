package io.otlpevents.encode;

import org.jspecify.annotations.Nullable;

/**
 * Takes a payload piece by piece, as a JSON writer would, and turns it into the event's bytes at
 * once; nothing is kept. Limits and redaction are applied here, so whoever writes need not know
 * them. For the thread and the duration of one {@link PayloadCodec#write}.
 *
 * <p>Every method may throw: when the event grows too large or too deep. A codec lets that pass.
 */
public interface PayloadSink {

  /** Starts an object; until its end, names and values alternate. */
  void startObject();

  /** Ends the innermost object. */
  void endObject();

  /** Starts an array. */
  void startArray();

  /** Ends the innermost array. */
  void endArray();

  /**
   * Starts an entry of the innermost object.
   *
   * @return false if its value would be ignored, so that it need not be computed; it may be written
   *     nevertheless
   */
  boolean name(String name);

  /** Writes a text; null is written as {@link #nothing()}. */
  void value(@Nullable String text);

  /** Writes an integer. */
  void value(long number);

  /** Writes a floating-point number. */
  void value(double number);

  /** Writes a truth value. */
  void value(boolean flag);

  /** Writes bytes; in JSON text they are Base64. */
  void value(byte[] bytes, int offset, int length);

  /**
   * Writes a number of any size and precision in the notation of JSON. OTLP knows none, so it
   * becomes a text outside JSON.
   */
  void number(String decimal);

  /** Writes a null. */
  void nothing();
}
