package io.otlpevents.encode;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Writes values as JSON text in UTF-8, straight into the record.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259, JSON</a>
 */
final class JsonSink extends ValueSink {

  private static final byte[] NULL = ascii("null");
  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");

  /** Whether the object or array of each level has something in it. */
  private final boolean[] filled = new boolean[LEVELS];

  JsonSink(EncodingRules rules, WireBuffer out) {
    super(rules, out);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  void beginRoot() {}

  @Override
  void nextName(String name) {
    separate(depth);
    out.writeJsonString(name);
    out.writeByte(':');
  }

  /** Writes the comma before an element; one before an entry belongs to its name. */
  private void element(int level) {
    if (level > 0 && !object[level]) {
      separate(level);
    }
  }

  private void separate(int level) {
    if (filled[level]) {
      out.writeByte(',');
    }
    filled[level] = true;
  }

  @Override
  void openObject() {
    element(depth - 1);
    filled[depth] = false;
    out.writeByte('{');
  }

  @Override
  boolean openArray() {
    element(depth - 1);
    filled[depth] = false;
    out.writeByte('[');
    return true;
  }

  @Override
  void closeObject() {
    out.writeByte('}');
  }

  @Override
  void closeArray() {
    out.writeByte(']');
  }

  @Override
  void putText(String text) {
    element(depth);
    out.writeJsonString(text);
  }

  @Override
  void putLong(long number) {
    element(depth);
    out.writeDecimal(number);
  }

  @Override
  void putDouble(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      // JSON has no such numbers.
      putText(Double.toString(number));
    } else {
      putNumber(Double.toString(number));
    }
  }

  @Override
  void putBoolean(boolean flag) {
    element(depth);
    out.writeBytes(flag ? TRUE : FALSE);
  }

  @Override
  void putBytes(byte[] bytes, int offset, int length) {
    // Whoever is too large is refused before a copy is made.
    out.ensure(Math.addExact(length, length / 3));
    element(depth);
    out.writeByte('"');
    byte[] copy = java.util.Arrays.copyOfRange(bytes, offset, offset + length);
    out.writeBytes(Base64.getEncoder().encode(copy));
    out.writeByte('"');
  }

  @Override
  void putNumber(String decimal) {
    element(depth);
    out.writeAscii(decimal);
  }

  @Override
  void putNull() {
    element(depth);
    out.writeBytes(NULL);
  }
}
