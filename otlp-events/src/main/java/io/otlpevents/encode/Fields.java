package io.otlpevents.encode;

/**
 * Writes a key with its value, a {@code KeyValue} of OTLP, in one go: what is in it is known, so
 * lengths are written rather than filled in afterwards. The tag says whether it is an attribute of
 * the record or an entry of another value.
 */
final class Fields {

  private Fields() {}

  /**
   * Writes everything in front of a value whose size is known, and makes room for it. Lengths below
   * 128, which nearly all are, take one byte.
   *
   * @param key the key with its tag and length, from {@link TextCache}
   * @return where the value goes; the buffer's position is there, too
   */
  private static int begin(WireBuffer out, int tag, byte[] key, int valueSize) {
    int content = key.length + 1 + WireBuffer.varintSize(valueSize) + valueSize;
    out.ensure(content + 16);
    byte[] target = out.bytes;
    int at = out.position;
    target[at++] = (byte) tag;
    if (content < 0x80) {
      target[at++] = (byte) content;
    } else {
      out.position = at;
      out.writeVarint(content);
      at = out.position;
    }
    System.arraycopy(key, 0, target, at, key.length);
    at += key.length;
    target[at++] = (byte) Otlp.VALUE;
    if (valueSize < 0x80) {
      target[at++] = (byte) valueSize;
      out.position = at;
    } else {
      out.position = at;
      out.writeVarint(valueSize);
    }
    return out.position;
  }

  static void text(WireBuffer out, int tag, byte[] key, String text) {
    int length = text.length();
    int start = out.position;
    beginText(out, tag, key, length);
    if (!out.copyAscii(text, length)) {
      out.position = start;
      beginText(out, tag, key, WireBuffer.utf8Length(text));
      out.copyUtf8(text);
    }
  }

  static void beginText(WireBuffer out, int tag, byte[] key, int utf8Length) {
    int at = begin(out, tag, key, 1 + WireBuffer.varintSize(utf8Length) + utf8Length);
    out.bytes[at] = (byte) Otlp.VALUE_STRING;
    if (utf8Length < 0x80) {
      out.bytes[at + 1] = (byte) utf8Length;
      out.position = at + 2;
    } else {
      out.position = at + 1;
      out.writeVarint(utf8Length);
    }
  }

  static void integer(WireBuffer out, int tag, byte[] key, long number) {
    int at = begin(out, tag, key, 1 + WireBuffer.varintSize(number));
    byte[] target = out.bytes;
    long rest = number;
    target[at++] = (byte) Otlp.VALUE_INT;
    while ((rest & ~0x7FL) != 0) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at++] = (byte) rest;
    out.position = at;
  }

  /**
   * @param bits the number by {@link Double#doubleToRawLongBits}
   */
  static void floating(WireBuffer out, int tag, byte[] key, long bits) {
    int at = begin(out, tag, key, 9);
    out.bytes[at] = (byte) Otlp.VALUE_DOUBLE;
    WireBuffer.LONG.set(out.bytes, at + 1, bits);
    out.position = at + 9;
  }

  static void truth(WireBuffer out, int tag, byte[] key, boolean flag) {
    int at = begin(out, tag, key, 2);
    out.bytes[at] = (byte) Otlp.VALUE_BOOL;
    out.bytes[at + 1] = (byte) (flag ? 1 : 0);
    out.position = at + 2;
  }
}
