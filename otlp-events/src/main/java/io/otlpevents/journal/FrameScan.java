package io.otlpevents.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Finds intact frames in bytes that may be anything. For one thread.
 *
 * <p>Work is bounded: a scan of a segment computes checksums over a few times its size at most, and
 * then gives the rest of it up.
 */
final class FrameScan {

  /** The smallest frame: its header and one byte, rounded up. */
  private static final int SMALLEST = Segment.align(Segment.FRAME_HEADER + 1);

  private static final int PATIENCE = 16;
  private static final long END_OR_CHECKSUM = ~0x7FFF_FFFFL;

  private final CRC32C crc = new CRC32C();
  private final ByteBuffer prefix = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
  private @Nullable ByteBuffer of;
  private @Nullable ByteBuffer view;

  private int length;
  private int index;
  private boolean hole;
  private long work;

  /** Begins with another segment, or another life of one. */
  void begin(ByteBuffer buffer) {
    work = (long) PATIENCE * buffer.capacity();
  }

  /**
   * Whether there is an intact frame at this offset with this index.
   *
   * @param word its commit word, as it was read
   * @param end where frames end
   */
  boolean isIntact(ByteBuffer buffer, long seed, int offset, long word, int end, int expected) {
    int claimed = (int) word;
    return claimed > 0
        && claimed <= end - offset - Segment.FRAME_HEADER
        && buffer.getInt(offset + 8) == expected
        && checksum(buffer, seed, offset, claimed) == (int) (word >>> 32);
  }

  /**
   * Finds the first intact frame at or behind an offset.
   *
   * @param end where frames end
   * @param firstIndex the index expected at the offset
   * @return the frame's offset, or -1 if there is none
   */
  int find(ByteBuffer buffer, long seed, int offset, int end, int firstIndex) {
    hole = offset + 8 <= end && isHole(buffer.getLong(offset));
    for (int at = offset; at + SMALLEST <= end; at += 8) {
      long word = buffer.getLong(at);
      if (word == 0) {
        continue;
      }
      int candidate = (int) word;
      if (candidate <= 0 || candidate > end - at - Segment.FRAME_HEADER) {
        continue;
      }
      int candidateIndex = buffer.getInt(at + 8);
      if (candidateIndex < firstIndex
          || candidateIndex - firstIndex > (at - offset) / SMALLEST
          || buffer.getInt(at + 12) != Segment.KIND_RECORD) {
        continue;
      }
      work -= candidate;
      if (work < 0) {
        return -1;
      }
      if (checksum(buffer, seed, at, candidate) == (int) (word >>> 32)) {
        length = candidate;
        index = candidateIndex;
        return at;
      }
    }
    return -1;
  }

  /** Whether it was never committed, or its claim came to nothing. */
  private static boolean isHole(long word) {
    return word == 0 || (word & Segment.PADDING) != 0 && (word & END_OR_CHECKSUM) == 0;
  }

  /** The index of the intact frame at this offset; -1 if there is none. */
  int indexAt(ByteBuffer buffer, long seed, int offset, int end) {
    if (offset < 0 || offset + SMALLEST > end || (offset & 7) != 0) {
      return -1;
    }
    int found = buffer.getInt(offset + 8);
    boolean intact =
        found >= 0 && isIntact(buffer, seed, offset, buffer.getLong(offset), end, found);
    return intact ? found : -1;
  }

  /**
   * How many frames were written from here on, judging by the indices of the intact ones; damaged
   * ones at the end are counted as far as they can be made out, and as one at least.
   *
   * @param cut whether the file ends before its segment did
   */
  int count(ByteBuffer buffer, long seed, int start, int end, boolean cut) {
    int frames = 0;
    int at = start;
    for (int found = find(buffer, seed, at, end, 0);
        found >= 0;
        found = find(buffer, seed, at, end, frames)) {
      frames = index + 1;
      at = found + Segment.align(Segment.FRAME_HEADER + length);
    }
    if (at >= end || at + 8 <= end && buffer.getLong(at) == (Segment.END & 0xFFFF_FFFFL)) {
      return at >= end && cut ? frames + 1 : frames;
    }
    return isBlank(buffer, at, end) && !cut
        ? frames
        : frames + Math.max(1, countUnverified(buffer, at, end, frames));
  }

  /** How many frames there seem to be in a segment of which nothing is known. */
  static int countUnverified(ByteBuffer buffer) {
    return countUnverified(buffer, 0, buffer.capacity() & ~7, 0);
  }

  private static int countUnverified(ByteBuffer buffer, int start, int end, int firstIndex) {
    int frames = 0;
    for (int at = start; at + SMALLEST <= end; ) {
      int claimed = buffer.getInt(at);
      if (claimed > 0
          && claimed <= end - at - Segment.FRAME_HEADER
          && buffer.getInt(at + 8) == firstIndex + frames
          && buffer.getInt(at + 12) == Segment.KIND_RECORD) {
        frames++;
        at += Segment.align(Segment.FRAME_HEADER + claimed);
      } else {
        at += 8;
      }
    }
    return frames;
  }

  /** Whether there is nothing but zeros. */
  static boolean isBlank(ByteBuffer buffer) {
    return isBlank(buffer, 0, buffer.capacity());
  }

  private static boolean isBlank(ByteBuffer buffer, int start, int end) {
    int at = start;
    for (; at + 8 <= end; at += 8) {
      if (buffer.getLong(at) != 0) {
        return false;
      }
    }
    for (; at < end; at++) {
      if (buffer.get(at) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The length of the record found last. */
  int length() {
    return length;
  }

  /** The index of the frame found last. */
  int index() {
    return index;
  }

  /** Whether nothing was written where the last search began. */
  boolean hole() {
    return hole;
  }

  private int checksum(ByteBuffer buffer, long seed, int offset, int length) {
    ByteBuffer bytes = view;
    if (bytes == null || of != buffer) {
      bytes = buffer.duplicate();
      view = bytes;
      of = buffer;
    }
    prefix.putLong(0, seed).putInt(8, length);
    crc.reset();
    crc.update(prefix.array(), 0, 12);
    bytes.limit(offset + Segment.FRAME_HEADER + length).position(offset + 8);
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
