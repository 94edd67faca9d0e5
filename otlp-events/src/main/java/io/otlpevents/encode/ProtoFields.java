package io.otlpevents.encode;

import java.nio.charset.StandardCharsets;

/**
 * Steps over the fields of a protobuf message, which is not copied. For one thread.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Protocol buffers: encoding</a>
 */
public final class ProtoFields {

  private final byte[] bytes;
  private final int end;
  private int position;
  private int tag;

  /** Where the content of a length-delimited field begins; it ends at the position. */
  private int start;

  private long number;

  /** Of a message that is the whole array. */
  public ProtoFields(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /** Of a message that is a part of an array, from {@code start} to before {@code end}. */
  public ProtoFields(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /**
   * Goes to the next field; false at the end.
   *
   * @throws IndexOutOfBoundsException if this is no message
   */
  public boolean next() {
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

  /** Leaves out the fields before a position that another reader of the message has come to. */
  void goOnAt(int next) {
    position = next;
  }

  /** The field's number times 8, plus its wire type. */
  public int tag() {
    return tag;
  }

  /** The value of a field that is a number, as it stands on the wire. */
  public long number() {
    return number;
  }

  /** Where the content of a field that is text, bytes or a message begins in the array. */
  public int start() {
    return start;
  }

  /** What follows the field: where the content of text, bytes or a message ends. */
  public int position() {
    return position;
  }

  /** Where the message ends. */
  public int end() {
    return end;
  }

  /** The content of a field, as UTF-8. */
  public String text() {
    return new String(bytes, start, position - start, StandardCharsets.UTF_8);
  }

  /** The content of a field, as a message. */
  public ProtoFields message() {
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
