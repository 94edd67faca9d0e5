package io.otlpevents.otlp;

import java.nio.charset.StandardCharsets;

/** Reads protobuf fields; whatever does not fit throws {@link IndexOutOfBoundsException}. */
final class WireReader {

  private final byte[] bytes;
  private final int limit;
  private int position;

  WireReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private WireReader(byte[] bytes, int position, int limit) {
    this.bytes = bytes;
    this.position = position;
    this.limit = limit;
  }

  /** The next tag; 0 at the end. */
  int tag() {
    return position < limit ? (int) varint() : 0;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= limit) {
        throw new IndexOutOfBoundsException();
      }
      byte next = bytes[position++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IndexOutOfBoundsException();
  }

  WireReader message() {
    int length = length();
    position += length;
    return new WireReader(bytes, position - length, position);
  }

  String text() {
    WireReader text = message();
    return new String(bytes, text.position, text.limit - text.position, StandardCharsets.UTF_8);
  }

  void skip(int tag) {
    switch (tag & 7) {
      case 0 -> varint();
      case 1 -> advance(8);
      case 2 -> advance(length());
      case 5 -> advance(4);
      default -> throw new IndexOutOfBoundsException();
    }
  }

  private int length() {
    long length = varint();
    if (length < 0 || length > limit - position) {
      throw new IndexOutOfBoundsException();
    }
    return (int) length;
  }

  private void advance(int count) {
    if (count > limit - position) {
      throw new IndexOutOfBoundsException();
    }
    position += count;
  }
}
