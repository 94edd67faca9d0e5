package io.otlpevents.inspect;

import java.nio.charset.StandardCharsets;

/**
 * Steps over the fields of a protobuf message.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Protocol buffers: encoding</a>
 */
final class ProtoFields {

  private final byte[] bytes;
  private final int end;
  private int position;
  private int tag;

  /** Where the content of a length-delimited field begins; it ends at the position. */
  private int start;

  private long number;

  ProtoFields(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  private ProtoFields(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /**
   * Goes to the next field.
   *
   * @throws IndexOutOfBoundsException if this is no message
   */
  boolean next() {
    if (position >= end) {
      return false;
    }
    tag = (int) varint();
    switch (tag & 7) {
      case 0 -> number = varint();
      case 1 -> number = fixed(8);
      case 5 -> number = fixed(4);
      case 2 -> {
        long length = varint();
        if (length < 0 || length > end - position) {
          throw new IndexOutOfBoundsException();
        }
        start = position;
        position += (int) length;
      }
      default -> throw new IndexOutOfBoundsException();
    }
    return true;
  }

  /** The field's number and wire type. */
  int tag() {
    return tag;
  }

  long number() {
    return number;
  }

  String text() {
    return new String(bytes, start, position - start, StandardCharsets.UTF_8);
  }

  ProtoFields message() {
    return new ProtoFields(bytes, start, position);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= end) {
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

  private long fixed(int size) {
    if (size > end - position) {
      throw new IndexOutOfBoundsException();
    }
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | bytes[position + i] & 0xFF;
    }
    position += size;
    return value;
  }
}
