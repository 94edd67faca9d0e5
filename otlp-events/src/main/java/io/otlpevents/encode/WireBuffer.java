package io.otlpevents.encode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing byte array with the few protobuf primitives that OTLP needs. For one thread at a time.
 *
 * <p>Growth ends at a limit: past it every write throws {@link LimitExceeded}, so that a hostile
 * value costs bounded memory.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Protobuf wire format</a>
 */
class WireBuffer {

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Above this a buffer is not kept for the next event. */
  private static final int RETAINED = 64 * 1024;

  private static final int INITIAL = 1024;

  /** From this length on, to set up an encoder costs less than it saves. */
  private static final int LONG_TEXT = 64;

  private static final int CHUNK = 512;

  private final int limit;
  private final CharsetEncoder latin1 = StandardCharsets.ISO_8859_1.newEncoder();
  private final CharBuffer chars = CharBuffer.allocate(CHUNK);
  private ByteBuffer view;
  byte[] bytes;
  int position;

  /** Whether the limit was met since the last start, even if somebody caught that. */
  boolean full;

  /**
   * @param limit the largest number of bytes that may be written
   */
  WireBuffer(int limit) {
    this.limit = limit;
    this.bytes = new byte[Math.min(INITIAL, limit)];
    this.view = ByteBuffer.wrap(bytes);
  }

  /** Whether the buffer has grown past what is kept for the next event. */
  final boolean isLarge() {
    return bytes.length > RETAINED;
  }

  /** Lets go of what has grown. */
  final void release() {
    bytes = new byte[Math.min(INITIAL, limit)];
    view = ByteBuffer.wrap(bytes);
    position = 0;
  }

  final void reset(int start) {
    if (isLarge()) {
      release();
    }
    position = start;
    full = false;
  }

  /** Notes that the event is too large; to be thrown. */
  final LimitExceeded limitExceeded() {
    full = true;
    return LimitExceeded.INSTANCE;
  }

  /** Makes room for this many more bytes. */
  final void ensure(int more) {
    if (more > bytes.length - position) {
      grow(more);
    }
  }

  private void grow(int more) {
    long needed = (long) position + more;
    if (needed > limit) {
      throw limitExceeded();
    }
    long doubled = Math.max(needed, 2L * bytes.length);
    bytes = Arrays.copyOf(bytes, (int) Math.min(doubled, limit));
  }

  final void writeByte(int value) {
    ensure(1);
    bytes[position++] = (byte) value;
  }

  final void writeBytes(byte[] source) {
    writeBytes(source, 0, source.length);
  }

  final void writeBytes(byte[] source, int offset, int length) {
    ensure(length);
    System.arraycopy(source, offset, bytes, position, length);
    position += length;
  }

  final void writeFixed64(long value) {
    ensure(8);
    LONG.set(bytes, position, value);
    position += 8;
  }

  final void writeFixed32(int value) {
    ensure(4);
    INT.set(bytes, position, value);
    position += 4;
  }

  final void writeVarint(long value) {
    ensure(10);
    byte[] target = bytes;
    int at = position;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at++] = (byte) rest;
    position = at;
  }

  static int varintSize(long value) {
    // 9 bits of numerator a byte: the number of 7-bit groups, at least one.
    return (Long.SIZE * 9 + 64 - Long.numberOfLeadingZeros(value) * 9) >>> 6;
  }

  /** Starts a length-delimited field whose length is not known yet. */
  final int beginMessage(int tag) {
    ensure(2);
    bytes[position++] = (byte) tag;
    return position++;
  }

  /** Ends the field begun at this mark; moves its content when the length needs several bytes. */
  final void endMessage(int mark) {
    int length = position - mark - 1;
    if (length < 0x80) {
      bytes[mark] = (byte) length;
      return;
    }
    int extra = varintSize(length) - 1;
    ensure(extra);
    System.arraycopy(bytes, mark + 1, bytes, mark + 1 + extra, length);
    int end = position + extra;
    position = mark;
    writeVarint(length);
    position = end;
  }

  /**
   * Writes a length-delimited field with this text as UTF-8; unpaired surrogates become {@code ?}.
   */
  final void writeString(int tag, String value) {
    int length = value.length();
    ensure(6 + length);
    int start = position;
    bytes[position++] = (byte) tag;
    writeVarint(length);
    if (!copyAscii(value, length)) {
      position = start;
      writeUtf8(tag, value);
    }
  }

  /** Copies the text if it is ASCII; needs room for {@code length} bytes. Moves on success only. */
  final boolean copyAscii(String value, int length) {
    return length < LONG_TEXT ? copyShortAscii(value, length) : copyLongAscii(value, length);
  }

  /**
   * Copies by way of the JDK's encoder for ISO 8859-1, whose loops use vector instructions; the
   * text is ASCII if no byte has its top bit set afterwards.
   */
  private boolean copyLongAscii(String value, int length) {
    CharBuffer source = chars;
    ByteBuffer target = view;
    if (target.array() != bytes) {
      target = ByteBuffer.wrap(bytes);
      view = target;
    }
    target.limit(bytes.length).position(position);
    for (int from = 0; from < length; from += source.capacity()) {
      int to = Math.min(length, from + source.capacity());
      value.getChars(from, to, source.array(), 0);
      source.limit(to - from).position(0);
      if (latin1.encode(source, target, true) != CoderResult.UNDERFLOW) {
        return false;
      }
    }
    int end = position + length;
    int at = position;
    long seen = 0;
    for (; at + 8 <= end; at += 8) {
      seen |= (long) LONG.get(bytes, at);
    }
    for (; at < end; at++) {
      seen |= bytes[at];
    }
    if ((seen & 0x8080_8080_8080_8080L) != 0) {
      return false;
    }
    position = end;
    return true;
  }

  private boolean copyShortAscii(String value, int length) {
    byte[] target = bytes;
    int at = position;
    int seen = 0;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      seen |= c;
      target[at + i] = (byte) c;
    }
    if (seen >= 0x80) {
      return false;
    }
    position = at + length;
    return true;
  }

  private void writeUtf8(int tag, String value) {
    int length = utf8Length(value);
    ensure(6 + length);
    bytes[position++] = (byte) tag;
    writeVarint(length);
    copyUtf8(value);
  }

  /** Copies the text as UTF-8; needs room for {@link #utf8Length} bytes. */
  final void copyUtf8(String value) {
    byte[] target = bytes;
    int at = position;
    int end = value.length();
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (c < 0x80) {
        target[at++] = (byte) c;
      } else if (c < 0x800) {
        target[at++] = (byte) (0xC0 | c >> 6);
        target[at++] = (byte) (0x80 | c & 0x3F);
      } else if (!Character.isSurrogate(c)) {
        target[at++] = (byte) (0xE0 | c >> 12);
        target[at++] = (byte) (0x80 | c >> 6 & 0x3F);
        target[at++] = (byte) (0x80 | c & 0x3F);
      } else if (isPair(value, i)) {
        int codePoint = Character.toCodePoint(c, value.charAt(++i));
        target[at++] = (byte) (0xF0 | codePoint >> 18);
        target[at++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
        target[at++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
        target[at++] = (byte) (0x80 | codePoint & 0x3F);
      } else {
        target[at++] = '?';
      }
    }
    position = at;
  }

  static int utf8Length(String value) {
    int end = value.length();
    long length = end;
    for (int i = 0; i < end; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        if (c < 0x800) {
          length++;
        } else if (!Character.isSurrogate(c)) {
          length += 2;
        } else if (isPair(value, i)) {
          // Two characters, four bytes.
          length += 2;
          i++;
        }
      }
    }
    if (length > Integer.MAX_VALUE - 16) {
      throw LimitExceeded.INSTANCE;
    }
    return (int) length;
  }

  private static boolean isPair(String value, int index) {
    return Character.isHighSurrogate(value.charAt(index))
        && index + 1 < value.length()
        && Character.isLowSurrogate(value.charAt(index + 1));
  }

  /** Writes an integer in decimal notation. */
  final void writeDecimal(long value) {
    ensure(20);
    if (value == Long.MIN_VALUE) {
      // Has no positive counterpart.
      writeAscii("-9223372036854775808");
      return;
    }
    long rest = value;
    if (rest < 0) {
      bytes[position++] = '-';
      rest = -rest;
    }
    int digits = 1;
    for (long bound = 10; digits < 19 && rest >= bound; bound *= 10) {
      digits++;
    }
    for (int i = digits - 1; i >= 0; i--) {
      bytes[position + i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    position += digits;
  }

  /** Writes the characters of a text that has only ASCII ones. */
  final void writeAscii(String value) {
    int length = value.length();
    ensure(length);
    if (!copyAscii(value, length)) {
      throw new IllegalArgumentException("not a number: " + value);
    }
  }

  /** Writes a text as a JSON string with its quotes. */
  final void writeJsonString(String value) {
    int length = value.length();
    ensure(length + 2);
    bytes[position++] = '"';
    int from = 0;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c < 0x20 || c == '"' || c == '\\' || c >= 0x80) {
        copyPart(value, from, i);
        if (c >= 0x80) {
          int end = i + 1;
          while (end < length && value.charAt(end) >= 0x80) {
            end++;
          }
          String part = value.substring(i, end);
          ensure(utf8Length(part) + length - end + 1);
          copyUtf8(part);
          i = end - 1;
        } else {
          ensure(6 + length - i);
          escape(c);
        }
        from = i + 1;
      }
    }
    copyPart(value, from, length);
    writeByte('"');
  }

  private void copyPart(String value, int from, int end) {
    byte[] target = bytes;
    int at = position;
    for (int i = from; i < end; i++) {
      target[at++] = (byte) value.charAt(i);
    }
    position = at;
  }

  private void escape(char c) {
    bytes[position++] = '\\';
    switch (c) {
      case '"', '\\' -> bytes[position++] = (byte) c;
      case '\n' -> bytes[position++] = 'n';
      case '\r' -> bytes[position++] = 'r';
      case '\t' -> bytes[position++] = 't';
      default -> {
        bytes[position++] = 'u';
        bytes[position++] = '0';
        bytes[position++] = '0';
        bytes[position++] = (byte) (c < 0x10 ? '0' : '1');
        bytes[position++] = (byte) "0123456789abcdef".charAt(c & 0xF);
      }
    }
  }

  /** Takes back the bytes from {@code start} to {@code end}; those behind them move up. */
  final void remove(int start, int end) {
    System.arraycopy(bytes, end, bytes, start, position - end);
    position -= end - start;
  }

  /** The bytes from {@code start} up to the position. */
  final byte[] copyFrom(int start) {
    return Arrays.copyOfRange(bytes, start, position);
  }

  /** Thrown, without a stack trace, when an event is larger than allowed. */
  static final class LimitExceeded extends RuntimeException {

    static final LimitExceeded INSTANCE = new LimitExceeded();

    private LimitExceeded() {
      super("larger than the largest event allowed", null, false, false);
    }
  }
}
