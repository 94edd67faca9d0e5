package io.otlpevents.journal;

import java.nio.ByteBuffer;
import java.time.Duration;
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
  private static final long STARVED_NANOS = 1_000_000_000L;

  /**
   * What segments are cleaned with; there from the start, for memory may be short when it is used.
   */
  private static final byte[] ZEROS = new byte[16 * 1024];

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

  private final int maxSegments;

  private final long maxBlockNanos;

  // Guarded by the lock.
  private boolean starved;
  private long starvedUntil;
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
    this.maxBlockNanos = saturatedNanos(settings.maxBlock());
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
    boolean waited = false;
    long deadline = 0;
    Segment segment = active;
    while (true) {
      long claim = segment.claim(frameSize);
      if (claim != Segment.NO_ROOM) {
        segment.write(claim, bytes, length, crc);
        int offset = Segment.offset(claim);
        if (((offset ^ offset + frameSize) & PROGRESS_MASK) != 0) {
          tellProgress(segment, offset, offset + frameSize);
        }
        return AppendResult.APPENDED;
      }
      if (closed) {
        return AppendResult.CLOSED;
      }
      if (following(segment) == null) {
        if (!mayWait || settings.overflow() != OverflowPolicy.BLOCK) {
          return closed ? AppendResult.CLOSED : AppendResult.FULL;
        }
        if (!waited) {
          // One limit for all that this caller waits: others may take the room it waited for.
          waited = true;
          deadline = System.nanoTime() + maxBlockNanos;
        }
        if (!awaitSpace(segment, deadline)) {
          return closed ? AppendResult.CLOSED : AppendResult.FULL;
        }
      }
      segment = active;
    }
  }

  private void tellProgress(Segment segment, int from, int to) {
    try {
      progressed(segment, from, to);
    } catch (Throwable e) {
      // The record is in the journal, and whoever was not told looks by itself before long.
      work.set(true);
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
      ByteBuffer buffer = clean.peek();
      if (buffer == null) {
        // A reader may have passed a segment's end before there was another to move on to; nobody
        // has told us since.
        release();
        if (!cleanOne()) {
          allocate();
        }
        buffer = clean.peek();
      }
      if (buffer == null) {
        spent = true;
        return null;
      }
      // Taken from the clean ones only when it has become a segment, so that an error loses none.
      next = new Segment(buffer, last.id + 1, resource, scope);
      clean.poll();
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

  private void allocate() {
    if (segments >= maxSegments || starved && System.nanoTime() - starvedUntil < 0) {
      return;
    }
    starved = false;
    try {
      clean.add(ByteBuffer.allocateDirect(settings.segmentSize()));
      segments++;
    } catch (OutOfMemoryError e) {
      // The process has less direct memory left than our budget, for now. To ask again at once
      // would
      // cost each caller the collections that the JVM tries before it gives up.
      starved = true;
      starvedUntil = System.nanoTime() + STARVED_NANOS;
      wakeKeeper();
    }
  }

  private static void clean(ByteBuffer buffer) {
    for (int at = 0; at < buffer.capacity(); at += ZEROS.length) {
      buffer.put(at, ZEROS, 0, Math.min(ZEROS.length, buffer.capacity() - at));
    }
  }

  private boolean awaitSpace(Segment full, long deadline) {
    return gate.await(() -> closed || active != full || following(full) != null, deadline);
  }

  private static long saturatedNanos(Duration duration) {
    try {
      return Math.min(duration.toNanos(), Long.MAX_VALUE / 4);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 4;
    }
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
      try {
        // A set flag would make each park return at once.
        Thread.interrupted();
        keepOnce();
      } catch (Throwable e) {
        // For example no memory for a moment: appending tries for itself, and so shall we again.
        work.set(true);
        LockSupport.parkNanos(this, 1_000_000);
      }
    }
  }

  private void keepOnce() {
    if (work.getAndSet(false)) {
      prepare();
      return;
    }
    long pause = pauseNanos();
    // To wait for the lock may have used up the permit that came with new work.
    if (work.get()) {
      return;
    }
    if (pause == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, pause);
      if (!work.get() && !stopped) {
        relax();
      }
    }
  }

  /** How long there is nothing to do unless somebody asks. */
  private long pauseNanos() {
    lock.lock();
    try {
      return starved ? STARVED_NANOS : clean.isEmpty() ? Long.MAX_VALUE : SHRINK_AFTER_NANOS;
    } finally {
      lock.unlock();
    }
  }

  /** After a pause without work: memory may be had again, or is not needed any more. */
  private void relax() {
    boolean wasStarved;
    lock.lock();
    try {
      wasStarved = starved;
      starved = false;
      spent = false;
    } finally {
      lock.unlock();
    }
    if (wasStarved) {
      gate.open();
    } else {
      shrink();
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
      ByteBuffer buffer = used.peek();
      if (buffer == null) {
        return false;
      }
      clean(buffer);
      clean.add(buffer);
      used.poll();
      spent = false;
      return true;
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

  long budget() {
    return settings.maxSize();
  }

  int segmentSize() {
    return settings.segmentSize();
  }
}
