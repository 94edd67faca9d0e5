package io.otlpevents.journal;

import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a segment says about itself. It stands at the beginning and again at the end, so that no
 * single damaged place makes a segment unreadable.
 *
 * <pre>
 * header    0 │ magic "OTLPEVJ1"                                   8 bytes
 *           8 │ format version, now 1                              4
 *          12 │ length of this header, a multiple of 8             4
 *          16 │ segment id, rising by one                          8
 *          24 │ seed, a random number for this life of the segment 8
 *          32 │ when the segment was made, ms since 1970           8
 *          40 │ segment size                                       4
 *          44 │ length of the resource bytes                       4
 *          48 │ length of the scope bytes                          4
 *          52 │ CRC32C of this header but this field               4
 *          56 │ resource bytes, scope bytes, zeros to a multiple of 8
 * </pre>
 *
 * All integers are little-endian.
 *
 * @param id the segment's id
 * @param seed part of each frame's checksum, so that a frame of the segment's former life, or one
 *     that somebody put into an event, does not pass for one of this life
 * @param createdMillis by the wall clock of then
 * @param size of the whole segment in bytes
 * @param origin where the records come from
 */
record SegmentHeader(long id, long seed, long createdMillis, int size, SegmentOrigin origin) {

  static final long MAGIC = 0x314A_5645_504C_544FL; // "OTLPEVJ1" in little-endian order

  /**
   * What a file begins with while it is cleaned: whatever else is in it is not needed any more. No
   * damage turns the magic into it.
   */
  static final long CLEANING = 0x474E_494E_4145_4C43L; // "CLEANING"

  static final int VERSION = 1;
  static final int FIXED = 56;

  /** Nobody's resource is as large; a damaged length must not become an allocation. */
  private static final int MAX_LENGTH = 16 * 1024 * 1024;

  static int align(int length) {
    return length + 7 & ~7;
  }

  /** This header's length in bytes. */
  int length() {
    return align(FIXED + origin.resource().length + origin.scope().length);
  }

  /**
   * The magic comes last: whoever looks meanwhile, or after a crash, must find nothing here yet.
   */
  void write(ByteBuffer segment) {
    byte[] bytes = encode();
    ByteBuffer buffer = segment.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(0, CLEANING);
    VarHandle.releaseFence();
    buffer.put(8, bytes, 8, bytes.length - 8);
    buffer.put(size - bytes.length, bytes);
    VarHandle.releaseFence();
    buffer.putLong(0, MAGIC);
  }

  private byte[] encode() {
    byte[] resource = origin.resource();
    byte[] scope = origin.scope();
    ByteBuffer header = ByteBuffer.allocate(length()).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MAGIC).putInt(VERSION).putInt(length());
    header.putLong(id).putLong(seed).putLong(createdMillis);
    header.putInt(size).putInt(resource.length).putInt(scope.length).putInt(0);
    header.put(resource).put(scope);
    header.putInt(FIXED - 4, checksum(header.array(), header.capacity()));
    return header.array();
  }

  private static int checksum(byte[] header, int length) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, FIXED - 4);
    crc.update(header, FIXED, length - FIXED);
    return (int) crc.getValue();
  }

  /**
   * Reads the header of a segment, or its copy at the end where the header is damaged.
   *
   * @param buffer the segment, possibly cut short
   * @return null if neither is intact, or the segment is being cleaned
   */
  static @Nullable SegmentHeader read(ByteBuffer buffer) {
    if (buffer.capacity() >= 8 && buffer.getLong(0) == CLEANING) {
      return null;
    }
    SegmentHeader header = readAt(buffer, 0);
    if (header != null) {
      return header;
    }
    // The copy's place depends on its length; it begins with the magic, at a multiple of 8.
    int limit = Math.max(0, buffer.capacity() - MAX_LENGTH);
    long work = 16L * buffer.capacity();
    for (int at = (buffer.capacity() & ~7) - align(FIXED); at >= limit; at -= 8) {
      if (buffer.getLong(at) == MAGIC && at + buffer.getInt(at + 12) == buffer.getInt(at + 40)) {
        header = readAt(buffer, at);
        if (header != null) {
          return header;
        }
        work -= buffer.capacity() - at;
        if (work < 0) {
          return null;
        }
      }
    }
    return null;
  }

  private static @Nullable SegmentHeader readAt(ByteBuffer buffer, int at) {
    int room = buffer.capacity() - at;
    if (room < FIXED || buffer.getLong(at) != MAGIC || buffer.getInt(at + 8) != VERSION) {
      return null;
    }
    int length = buffer.getInt(at + 12);
    int resourceLength = buffer.getInt(at + 44);
    int scopeLength = buffer.getInt(at + 48);
    if (length < FIXED
        || length > Math.min(room, MAX_LENGTH)
        || resourceLength < 0
        || scopeLength < 0
        || (long) FIXED + resourceLength + scopeLength > length) {
      return null;
    }
    byte[] bytes = new byte[length];
    buffer.get(at, bytes);
    int size = buffer.getInt(at + 40);
    if (checksum(bytes, length) != buffer.getInt(at + 52) || size <= 2 * length + Segment.SEAL) {
      return null;
    }
    byte[] resource = new byte[resourceLength];
    byte[] scope = new byte[scopeLength];
    buffer.get(at + FIXED, resource);
    buffer.get(at + FIXED + resourceLength, scope);
    return new SegmentHeader(
        buffer.getLong(at + 16),
        buffer.getLong(at + 24),
        buffer.getLong(at + 32),
        size,
        new SegmentOrigin(resource, scope));
  }
}
