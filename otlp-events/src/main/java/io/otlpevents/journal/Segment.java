package io.otlpevents.journal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A fixed-size piece of the journal that many threads append to at once.
 *
 * <pre>
 * segment   0 │ magic "OTLPEVJ1"                        8 bytes
 *           8 │ format version, now 1                   4
 *          12 │ length of this header, a multiple of 8  4
 *          16 │ segment id, rising by one               8
 *          24 │ segment size                            4
 *          28 │ length of the resource bytes            4
 *          32 │ length of the scope bytes               4
 *          36 │ CRC32C of this header but this field    4
 *          40 │ resource bytes, scope bytes, zeros to a multiple of 8
 *             │ frames …
 *
 * frame     0 │ commit word: length (low 32 bits), CRC32C (high 32 bits); 0 = not written yet
 *           8 │ index of the record in the segment      4
 *          12 │ kind, now always 1                      4
 *          16 │ record, zeros to a multiple of 8
 * </pre>
 *
 * All integers are little-endian. The checksum covers the segment id, the length, the index, the
 * kind and the record, so a frame of the segment's former life does not pass for a new one. A
 * length with the top bit set ends the segment; one with the next bit set is a claim that came to
 * nothing, whose remaining bits tell how many bytes to skip.
 *
 * <p>Appending is one atomic add on the tail, which holds the number of records (high 24 bits) and
 * the offset (low 40 bits), then a copy, then one release store of the commit word. Claims are
 * ordered by the add, so exactly one claimer sees its claim straddle the end; that one marks the
 * end, and all that come later move on.
 */
final class Segment {

  static final long MAGIC = 0x314A_5645_504C_544FL; // "OTLPEVJ1" in little-endian order
  static final int VERSION = 1;
  static final int HEADER = 40;

  /** Bytes of a frame before its record. */
  static final int FRAME_HEADER = 16;

  /**
   * Room that a caller leaves in front of a record, for what is checksummed with it: the segment id
   * (8 bytes), the length, the index and the kind (4 each). The last two are stored in front of the
   * record.
   */
  static final int PREFIX = 20;

  private static final int STORED_PREFIX = 8;

  static final int KIND_RECORD = 1;

  /** What a claim returns when the segment has no room left. */
  static final long NO_ROOM = -1;

  static final int END = 0x8000_0000;
  static final int PADDING = 0x4000_0000;
  static final int LENGTH_MASK = 0x3FFF_FFFF;

  private static final int OFFSET_BITS = 40;
  private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;
  private static final long ONE_RECORD = 1L << OFFSET_BITS;

  private static final VarHandle BUFFER_LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle ARRAY_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle ARRAY_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle TAIL;

  static {
    try {
      TAIL = MethodHandles.lookup().findVarHandle(Segment.class, "tail", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final ByteBuffer buffer;
  final int capacity;
  final long id;
  final int dataStart;

  /** The segment that follows; set once, by whoever extends the journal. */
  volatile @Nullable Segment next;

  // The tail is the one field that every emitting thread writes: padding keeps it on a cache line
  // of
  // its own, next to nothing that others only read.
  @SuppressWarnings("unused")
  private long p00, p01, p02, p03, p04, p05, p06, p07;

  @SuppressWarnings("FieldMayBeFinal") // written through TAIL
  private volatile long tail;

  @SuppressWarnings("unused")
  private long p10, p11, p12, p13, p14, p15, p16, p17;

  /**
   * @param buffer all zeros, direct or mapped, and so aligned to 8 bytes
   */
  Segment(ByteBuffer buffer, long id, byte[] resource, byte[] scope) {
    this.buffer = buffer.order(ByteOrder.LITTLE_ENDIAN);
    this.capacity = buffer.capacity();
    this.id = id;
    this.dataStart = dataStart(resource.length, scope.length);
    this.tail = dataStart;
    writeHeader(resource, scope);
  }

  static int dataStart(int resourceLength, int scopeLength) {
    return align(HEADER + resourceLength + scopeLength);
  }

  static int align(int length) {
    return length + 7 & ~7;
  }

  private void writeHeader(byte[] resource, byte[] scope) {
    buffer.putLong(0, MAGIC);
    buffer.putInt(8, VERSION);
    buffer.putInt(12, dataStart);
    buffer.putLong(16, id);
    buffer.putInt(24, capacity);
    buffer.putInt(28, resource.length);
    buffer.putInt(32, scope.length);
    buffer.put(HEADER, resource);
    buffer.put(HEADER + resource.length, scope);
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().limit(36).position(0));
    crc.update(buffer.duplicate().limit(dataStart).position(HEADER));
    buffer.putInt(36, (int) crc.getValue());
  }

  /**
   * Claims space for a record.
   *
   * @param frameSize a multiple of 8
   * @return offset and index of the frame, to be taken apart by {@link #offset} and {@link #index},
   *     or {@link #NO_ROOM}
   */
  long claim(int frameSize) {
    // A full segment is left alone, so that the tail cannot grow without bound.
    if (((long) TAIL.getOpaque(this) & OFFSET_MASK) > capacity) {
      return NO_ROOM;
    }
    long claimed = (long) TAIL.getAndAdd(this, ONE_RECORD + frameSize);
    long offset = claimed & OFFSET_MASK;
    if (offset + frameSize <= capacity) {
      return claimed;
    }
    if (offset < capacity) {
      // The one claim that straddles the end.
      BUFFER_LONG.setRelease(buffer, (int) offset, END & 0xFFFF_FFFFL);
    }
    return NO_ROOM;
  }

  /** Ends the segment where it is; later claims find no room. */
  void seal() {
    long claimed = (long) TAIL.getAndAdd(this, capacity + 8L);
    long offset = claimed & OFFSET_MASK;
    if (offset < capacity) {
      BUFFER_LONG.setRelease(buffer, (int) offset, END & 0xFFFF_FFFFL);
    }
  }

  static int offset(long claim) {
    return (int) (claim & OFFSET_MASK);
  }

  static int index(long claim) {
    return (int) (claim >>> OFFSET_BITS);
  }

  /**
   * Copies a record into the space claimed for it and makes it visible.
   *
   * @param bytes the record, behind {@link #PREFIX} bytes of room, which this method fills
   */
  void write(long claim, byte[] bytes, int length, CRC32C crc) {
    int offset = offset(claim);
    try {
      ARRAY_LONG.set(bytes, 0, id);
      ARRAY_INT.set(bytes, 8, length);
      ARRAY_INT.set(bytes, 12, index(claim));
      ARRAY_INT.set(bytes, 16, KIND_RECORD);
      crc.reset();
      crc.update(bytes, 0, PREFIX + length);
      buffer.put(offset + 8, bytes, PREFIX - STORED_PREFIX, STORED_PREFIX + length);
      commit(offset, length, (int) crc.getValue());
    } catch (Throwable e) {
      // The claim must come to an end, or readers would wait for it for ever.
      commit(offset, PADDING | align(FRAME_HEADER + length), 0);
      throw e;
    }
  }

  private void commit(int offset, int length, int crc) {
    BUFFER_LONG.setRelease(buffer, offset, (long) crc << 32 | length & 0xFFFF_FFFFL);
  }

  /** The commit word at this offset; 0 while nothing is committed there. */
  long commitWord(int offset) {
    return (long) BUFFER_LONG.getAcquire(buffer, offset);
  }

  /** Whether the frame at this offset is what was written, by its checksum and its index. */
  boolean isIntact(int offset, int length, int expectedIndex, int expectedCrc, Check check) {
    if (buffer.getInt(offset + 8) != expectedIndex) {
      return false;
    }
    return check.crc(this, offset, length) == expectedCrc;
  }

  /** How far claims have come, at most the capacity. */
  int claimedTo() {
    return (int) Math.min((long) TAIL.getOpaque(this) & OFFSET_MASK, capacity);
  }

  /** Computes frames' checksums; for one thread. */
  static final class Check {

    private final CRC32C crc = new CRC32C();
    private final byte[] prefix = new byte[12];
    private @Nullable Segment segment;
    private @Nullable ByteBuffer view;

    int crc(Segment of, int offset, int length) {
      ByteBuffer bytes = view;
      if (bytes == null || segment != of) {
        bytes = of.buffer.duplicate();
        view = bytes;
        segment = of;
      }
      ARRAY_LONG.set(prefix, 0, of.id);
      ARRAY_INT.set(prefix, 8, length);
      crc.reset();
      crc.update(prefix, 0, 12);
      bytes.limit(offset + FRAME_HEADER + length).position(offset + 8);
      crc.update(bytes);
      return (int) crc.getValue();
    }
  }
}
