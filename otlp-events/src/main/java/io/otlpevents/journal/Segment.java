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
 * segment   0 │ {@linkplain SegmentHeader header}
 *             │ seal: sequence of the first record                   8 bytes
 *             │       number of frames                               4
 *             │       CRC32C of seed, sequence and number            4, all 0 until sealed
 *             │ frames …
 *             │ the header again
 *
 * frame     0 │ commit word: length (low 32 bits), CRC32C (high 32 bits); 0 = not written yet
 *           8 │ index of the frame in the segment      4
 *          12 │ kind, now always 1                     4
 *          16 │ record, zeros to a multiple of 8
 * </pre>
 *
 * All integers are little-endian. The checksum covers the segment's seed, the length, the index,
 * the kind and the record. A length with the top bit set ends the segment; one with the next bit
 * set is a claim that came to nothing, whose remaining bits tell how many bytes to skip.
 *
 * <p>Appending is one atomic add on the tail, which holds the number of frames (high 24 bits) and
 * the offset (low 40 bits), then a copy, then one release store of the commit word. Claims are
 * ordered by the add, so exactly one claimer sees its claim straddle the end; that one marks the
 * end, and all that come later move on.
 *
 * <p>In a mapped file a frame survives the death of the process from the moment its commit word is
 * stored. A process that dies between claim and commit leaves a hole, which was never acknowledged
 * to anybody and behind which reading goes on. A segment without seal is one that was being written
 * to; its frames are found by their checksums. What a power cut leaves of a file is told apart
 * likewise: frames whose checksums hold are whole, and what is missing between them shows as a gap
 * in their indices.
 */
final class Segment {

  /** Bytes of a frame before its record. */
  static final int FRAME_HEADER = 16;

  /** Bytes of the seal. */
  static final int SEAL = 16;

  /**
   * Room that a caller leaves in front of a record, for what is checksummed with it: the seed (8
   * bytes), the length, the index and the kind (4 each). The last two are stored in front of the
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

  /** A hundred years in milliseconds. */
  private static final long MAX_AGE = 100L * 365 * 24 * 3_600_000;

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
  final Piece piece;
  final long id;
  final long seed;
  final SegmentOrigin origin;

  /** How many frames come before it; -1 where only a reader that comes here can tell. */
  final long sequence;

  /** The position in the journal at which this segment begins. */
  final long start;

  /** How many positions this segment takes. */
  final int capacity;

  final int dataStart;
  final int dataEnd;

  /** Whether an earlier process wrote it, so that nothing in it is to be trusted. */
  final boolean recovered;

  /** By {@link JournalClock#nanos()}. */
  final long createdNanos;

  /** The segment that follows; set once, by whoever extends the journal. */
  volatile @Nullable Segment next;

  /** How many frames were claimed in all; -1 until the segment is full. */
  volatile int frames = -1;

  /** Where the last frame ends; once the segment is full. */
  volatile int end;

  /** When appending moved on, by {@link JournalClock#nanos()}; once it did. */
  volatile long leftNanos;

  /** Whether the seal is written; owned by the journal's thread. */
  boolean sealed;

  /** Whether only privileged records may use it, for the rest of the budget is spent. */
  volatile boolean reserved;

  /** Whether a reader has found damage here, so that the file is worth keeping for people. */
  volatile boolean isDamaged;

  /** Whether the file could not be forced to the disk, and the kernel may have forgotten why. */
  volatile boolean suspect;

  // The tail is the one field that every emitting thread writes: padding keeps it on a cache line
  // of its own, next to nothing that others only read.
  @SuppressWarnings("unused")
  private long p00, p01, p02, p03, p04, p05, p06, p07;

  @SuppressWarnings("FieldMayBeFinal") // written through TAIL
  private volatile long tail;

  @SuppressWarnings("unused")
  private long p10, p11, p12, p13, p14, p15, p16, p17;

  /**
   * A segment to append to.
   *
   * @param piece all zeros, direct or mapped, and so aligned to 8 bytes
   * @param sequence how many frames come before it; -1 where that is not known yet
   */
  Segment(Piece piece, long start, SegmentHeader header, long sequence, long nowNanos) {
    this.sequence = sequence;
    this.piece = piece;
    this.buffer = piece.buffer().order(ByteOrder.LITTLE_ENDIAN);
    this.capacity = buffer.capacity();
    this.id = header.id();
    this.seed = header.seed();
    this.origin = header.origin();
    this.start = start;
    this.recovered = false;
    this.createdNanos = nowNanos;
    this.leftNanos = nowNanos;
    this.dataStart = header.length() + SEAL;
    this.dataEnd = capacity - header.length();
    this.tail = dataStart;
    header.write(buffer);
  }

  /** A segment that an earlier process wrote: full, and not to be trusted. */
  Segment(StoredSegment stored, long start, long nowNanos) {
    SegmentHeader header = stored.header();
    this.piece = stored.piece();
    this.sequence = stored.sequence();
    this.buffer = piece.buffer().order(ByteOrder.LITTLE_ENDIAN);
    this.capacity = Math.max(header.size(), buffer.capacity());
    this.id = header.id();
    this.seed = header.seed();
    this.origin = header.origin();
    this.start = start;
    this.recovered = true;
    this.createdNanos = nowNanos - 1_000_000 * Math.min(stored.ageMillis(), MAX_AGE);
    this.dataStart = header.length() + SEAL;
    this.dataEnd = stored.end();
    this.tail = dataEnd + 8L;
    this.end = dataEnd;
    this.frames = stored.frames();
    this.sealed = true;
  }

  static int align(int length) {
    return length + 7 & ~7;
  }

  /** How many bytes of a segment of this size are not for frames. */
  static int overhead(SegmentOrigin origin) {
    return 2 * new SegmentHeader(0, 0, 0, 0, origin).length() + SEAL;
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
    if (((long) TAIL.getOpaque(this) & OFFSET_MASK) > dataEnd) {
      return NO_ROOM;
    }
    long claimed = (long) TAIL.getAndAdd(this, ONE_RECORD + frameSize);
    if ((claimed & OFFSET_MASK) + frameSize <= dataEnd) {
      return claimed;
    }
    endAt(claimed);
    return NO_ROOM;
  }

  /** Ends the segment where it is; later claims find no room. */
  void seal() {
    if (((long) TAIL.getOpaque(this) & OFFSET_MASK) > dataEnd) {
      return;
    }
    endAt((long) TAIL.getAndAdd(this, capacity + 8L));
  }

  /** Of all claims that find no room, only the first is at or before the end: it marks the end. */
  private void endAt(long claimed) {
    long offset = claimed & OFFSET_MASK;
    if (offset <= dataEnd) {
      if (offset < dataEnd) {
        BUFFER_LONG.setRelease(buffer, (int) offset, END & 0xFFFF_FFFFL);
      }
      end = (int) offset;
      frames = index(claimed);
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
    ARRAY_LONG.set(bytes, 0, seed);
    ARRAY_INT.set(bytes, 8, length);
    ARRAY_INT.set(bytes, 12, index(claim));
    ARRAY_INT.set(bytes, 16, KIND_RECORD);
    crc.reset();
    crc.update(bytes, 0, PREFIX + length);
    buffer.put(offset + 8, bytes, PREFIX - STORED_PREFIX, STORED_PREFIX + length);
    BUFFER_LONG.setRelease(buffer, offset, crc.getValue() << 32 | length & 0xFFFF_FFFFL);
  }

  /** Ends a claim that came to nothing, or readers would wait for it for ever. */
  void abandon(long claim, int frameSize) {
    BUFFER_LONG.setRelease(buffer, offset(claim), (PADDING | frameSize) & 0xFFFF_FFFFL);
  }

  /** The commit word at this offset; 0 while nothing is committed there. */
  long commitWord(int offset) {
    return (long) BUFFER_LONG.getAcquire(buffer, offset);
  }

  /** Writes down how many frames there are and which is the first, counted from the beginning. */
  void writeSeal(long sequence, int frames) {
    writeSeal(buffer, dataStart, seed, sequence, frames);
  }

  static void writeSeal(ByteBuffer buffer, int dataStart, long seed, long sequence, int frames) {
    int at = dataStart - SEAL;
    buffer.putLong(at, sequence);
    buffer.putInt(at + 8, frames);
    // Without a checksum it is not damaged, but not written yet.
    VarHandle.releaseFence();
    buffer.putInt(at + 12, sealChecksum(seed, sequence, frames));
  }

  static int sealChecksum(long seed, long sequence, int frames) {
    CRC32C crc = new CRC32C();
    crc.update(
        ByteBuffer.allocate(20)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(seed)
            .putLong(sequence)
            .putInt(frames)
            .flip());
    return (int) crc.getValue();
  }

  /** How far claims have come, at most to the end of the frames. */
  int claimedTo() {
    return (int) Math.min((long) TAIL.getOpaque(this) & OFFSET_MASK, dataEnd);
  }
}
