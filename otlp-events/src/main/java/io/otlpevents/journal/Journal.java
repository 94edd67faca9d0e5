package io.otlpevents.journal;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A bounded sequence of records that many threads append to and each reader reads in order. It is
 * queue, overflow buffer and memory bound in one.
 *
 * <p>Records lie in {@linkplain Segment segments}. A background thread prepares the next segment
 * when the present one is half full, and cleans the ones every reader has passed; so appending
 * neither locks nor allocates. An idle journal holds one segment, a busy one as many as it needs
 * within its budget, and it gives them back when they have not been needed for a while.
 *
 * <p>A position in the journal is the segment's id times the segment's size, plus the offset in the
 * segment; positions only grow.
 */
public final class Journal implements AutoCloseable {

  /** Bytes to leave free in front of a record that is appended. */
  public static final int PREFIX = Segment.PREFIX;

  /** Readers that wait are looked after each time appending has passed so many bytes. */
  private static final int PROGRESS_MASK = ~(32 * 1024 - 1);

  private static final long SHRINK_AFTER_NANOS = 5_000_000_000L;

  private final JournalSettings settings;
  private final byte[] resource;
  private final byte[] scope;
  private final SpaceGate gate = new SpaceGate();
  private final List<JournalReader> readers = new CopyOnWriteArrayList<>();
  private final Thread keeper;

  private volatile Segment active;
  private volatile boolean closed;
  private volatile boolean stopped;

  /**
   * Whether the budget was found spent, so that callers need not take the lock to find it again.
   */
  private volatile boolean spent;

  /** Whether the keeper has something to do; cleared by the keeper before it looks. */
  private final AtomicBoolean work = new AtomicBoolean();

  /**
   * Taken when a segment is linked, released or cleaned, never to append. Not a monitor: before
   * Java 24 a virtual thread that waits for one holds its carrier.
   */
  private final ReentrantLock lock = new ReentrantLock();

  /** Written under the lock. */
  private volatile int maxSegments;

  // Guarded by the lock.
  private Segment oldest;
  private int segments;
  private final Deque<ByteBuffer> clean = new ArrayDeque<>();
  private final Deque<ByteBuffer> used = new ArrayDeque<>();

  /**
   * Starts an empty journal in memory.
   *
   * @param resource bytes that tell where the records come from, kept with each segment
   * @param scope more of the same
   */
  public Journal(JournalSettings settings, byte[] resource, byte[] scope) {
    this.settings = settings;
    this.resource = resource.clone();
    this.scope = scope.clone();
    this.maxSegments = (int) Math.min(settings.maxSize() / settings.segmentSize(), 1 << 20);
    int available = settings.segmentSize() - Segment.dataStart(resource.length, scope.length);
    if (Segment.align(Segment.FRAME_HEADER + settings.maxEventSize()) > available) {
      throw new IllegalArgumentException(
          "a segment of "
              + settings.segmentSize()
              + " bytes cannot hold the resource attributes and an event of the largest size");
    }
    ByteBuffer first = ByteBuffer.allocateDirect(settings.segmentSize());
    this.segments = 1;
    this.oldest = new Segment(first, 0, this.resource, this.scope);
    this.active = oldest;
    this.keeper = new Thread(this::keep, "otlp-events-journal");
    keeper.setDaemon(true);
    keeper.start();
  }

  /** A reader that starts with the oldest record that is still here. */
  public JournalReader openReader() {
    lock.lock();
    try {
      JournalReader reader = new JournalReader(this, oldest);
      readers.add(reader);
      return reader;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Appends a record. Waits for room where the overflow policy says so and {@code mayWait} allows
   * it; an interrupt does not end the wait and stays set.
   *
   * @param bytes the record, behind {@link #PREFIX} bytes that this method overwrites
   * @param length the record's length, 1 to the largest event's size
   * @param crc a checksum that no other thread uses meanwhile
   */
  public AppendResult append(byte[] bytes, int length, CRC32C crc, boolean mayWait) {
    if (length <= 0 || length > settings.maxEventSize()) {
      throw new IllegalArgumentException("record of " + length + " bytes");
    }
    int frameSize = Segment.align(Segment.FRAME_HEADER + length);
    Segment segment = active;
    while (true) {
      long claim = segment.claim(frameSize);
      if (claim != Segment.NO_ROOM) {
        segment.write(claim, bytes, length, crc);
        int offset = Segment.offset(claim);
        if (((offset ^ offset + frameSize) & PROGRESS_MASK) != 0) {
          progressed(segment, offset, offset + frameSize);
        }
        return AppendResult.APPENDED;
      }
      if (closed) {
        return AppendResult.CLOSED;
      }
      Segment following = following(segment);
      if (following == null && !(mayWait && awaitSpace(segment))) {
        return closed ? AppendResult.CLOSED : AppendResult.FULL;
      }
      segment = active;
    }
  }

  private void progressed(Segment segment, int from, int to) {
    int half = segment.capacity / 2;
    if (from < half && to >= half) {
      wakeKeeper();
    }
    for (JournalReader reader : readers) {
      reader.wakeIfEnough(segment.id * segment.capacity + to);
    }
  }

  /** Moves on to the segment behind a full one; null if there is no room for another. */
  private @Nullable Segment following(Segment full) {
    Segment next = full.next;
    if (next == null) {
      next = spent ? null : extend(full);
      if (next == null) {
        return null;
      }
    }
    if (active == full) {
      activate(full, next);
    }
    return next;
  }

  /**
   * Links a segment behind this one unless there is one. The lock is held while memory is taken or
   * cleaned, which appending threads only wait for when the keeper has not done it ahead of them.
   */
  private @Nullable Segment extend(Segment last) {
    lock.lock();
    try {
      Segment next = last.next;
      if (next != null || closed) {
        return next;
      }
      ByteBuffer buffer = clean.poll();
      if (buffer == null) {
        // A reader may have passed a segment's end before there was another to move on to; nobody
        // has told us since.
        release();
        buffer = used.poll();
        if (buffer != null) {
          clean(buffer);
        } else {
          buffer = allocate();
        }
      }
      if (buffer == null) {
        spent = true;
        return null;
      }
      next = new Segment(buffer, last.id + 1, resource, scope);
      last.next = next;
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void activate(Segment full, Segment next) {
    lock.lock();
    try {
      if (active == full) {
        active = next;
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ByteBuffer allocate() {
    if (segments >= maxSegments) {
      return null;
    }
    try {
      ByteBuffer buffer = ByteBuffer.allocateDirect(settings.segmentSize());
      segments++;
      return buffer;
    } catch (OutOfMemoryError e) {
      // The process allows less direct memory than our budget; then this is the budget. To ask
      // again
      // would cost each caller the collections that the JVM tries before it gives up.
      maxSegments = segments;
      return null;
    }
  }

  private static void clean(ByteBuffer buffer) {
    for (int at = 0; at < buffer.capacity(); at += Zeros.BYTES.length) {
      buffer.put(at, Zeros.BYTES, 0, Math.min(Zeros.BYTES.length, buffer.capacity() - at));
    }
  }

  private boolean awaitSpace(Segment full) {
    return settings.overflow() == OverflowPolicy.BLOCK
        && gate.await(
            () -> closed || active != full || following(full) != null,
            settings.maxBlock().toNanos());
  }

  /** Where the next record will be, at the earliest. */
  public long tail() {
    Segment segment = active;
    return segment.id * segment.capacity + segment.claimedTo();
  }

  /** Gives back the segments that every reader has passed. */
  void release() {
    lock.lock();
    try {
      long passed = Long.MAX_VALUE;
      for (JournalReader reader : readers) {
        passed = Math.min(passed, reader.acknowledged());
      }
      boolean released = false;
      Segment next = oldest.next;
      while (next != null && oldest != active && passed >= next.id * next.capacity) {
        used.add(oldest.buffer);
        oldest = next;
        next = oldest.next;
        released = true;
      }
      if (released) {
        spent = false;
        wakeKeeper();
      }
    } finally {
      lock.unlock();
    }
  }

  private void wakeKeeper() {
    if (!work.getAndSet(true)) {
      LockSupport.unpark(keeper);
    }
  }

  private void keep() {
    while (!stopped) {
      if (!work.getAndSet(false)) {
        boolean spare = hasSpare();
        // To wait for the lock may have used up the permit that came with new work.
        if (work.get()) {
          continue;
        }
        if (spare) {
          LockSupport.parkNanos(this, SHRINK_AFTER_NANOS);
        } else {
          LockSupport.park(this);
        }
        if (spare && !work.get() && !stopped) {
          shrink();
        }
        continue;
      }
      try {
        prepare();
      } catch (Throwable e) {
        // For example no memory for a moment: appending tries for itself, and so shall we again.
        LockSupport.parkNanos(this, 1_000_000);
      }
    }
  }

  private void prepare() {
    Segment last = active;
    if (last.claimedTo() >= last.capacity / 2 && last.next == null) {
      extend(last);
    }
    gate.open();
    while (cleanOne()) {
      gate.open();
    }
  }

  /**
   * Cleans a segment that was released. Under the lock, for a segment that is neither used nor
   * clean would be missed by a caller who needs one just then.
   */
  private boolean cleanOne() {
    lock.lock();
    try {
      ByteBuffer buffer = used.poll();
      if (buffer == null) {
        return false;
      }
      clean(buffer);
      clean.add(buffer);
      spent = false;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasSpare() {
    lock.lock();
    try {
      return !clean.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Lets half of the unneeded segments go; the memory returns with the next collection. */
  private void shrink() {
    lock.lock();
    try {
      for (int drop = (clean.size() + 1) / 2; drop > 0; drop--) {
        clean.removeLast();
        segments--;
        spent = false;
      }
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes the journal has taken from its budget. */
  public long size() {
    lock.lock();
    try {
      return (long) segments * settings.segmentSize();
    } finally {
      lock.unlock();
    }
  }

  /**
   * How full the journal is: the bytes that the slowest reader has not acknowledged, as a share of
   * the budget. From 0 to about 1; a journal is full at less than 1 as long as a segment's last
   * records are unacknowledged. Computed when asked, so appending does not pay for it; any thread
   * may ask.
   */
  public double fill() {
    long tail = tail();
    long acknowledged = tail;
    for (int i = 0, end = readers.size(); i < end; i++) {
      acknowledged = Math.min(acknowledged, readers.get(i).acknowledged());
    }
    return (tail - acknowledged) / ((double) maxSegments * settings.segmentSize());
  }

  /** Whether the journal takes no more records. */
  public boolean isClosed() {
    return closed;
  }

  /** Takes no more records; what is here can still be read. Waiting callers are let go. */
  public void seal() {
    lock.lock();
    try {
      closed = true;
      for (Segment segment = active; segment != null; segment = segment.next) {
        segment.seal();
        active = segment;
      }
    } finally {
      lock.unlock();
    }
    // Without the lock: callers at the gate take it while they hold the gate's.
    gate.open();
  }

  /** Seals the journal and ends its thread. */
  @Override
  public void close() {
    seal();
    stopped = true;
    LockSupport.unpark(keeper);
  }

  int segmentSize() {
    return settings.segmentSize();
  }

  /** Loaded when the first segment is cleaned. */
  private static final class Zeros {
    static final byte[] BYTES = new byte[64 * 1024];
  }
}
