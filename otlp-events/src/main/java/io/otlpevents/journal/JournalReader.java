package io.otlpevents.journal;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal's records in order. For one thread, except where a method says otherwise.
 *
 * <p>What has been read stays in the journal until it is {@linkplain #acknowledge acknowledged}.
 */
public final class JournalReader {

  private final Journal journal;
  private final Segment.Check check = new Segment.Check();
  private Segment segment;
  private int offset;
  private int index;
  private int damaged;

  private volatile long acknowledged;

  // Set by the reading thread while it waits for bytes; read by those who append.
  private volatile @Nullable Thread waiter;
  private volatile long wakeAt = Long.MAX_VALUE;

  JournalReader(Journal journal, Segment first) {
    this.journal = journal;
    this.segment = first;
    this.offset = first.dataStart;
    this.acknowledged = position();
  }

  /**
   * Hands over records until there are no more or the consumer has enough. What the consumer throws
   * ends the reading before the record it was thrown for.
   */
  public void read(RecordConsumer consumer) {
    while (true) {
      if (offset >= segment.capacity) {
        Segment next = segment.next;
        if (next == null) {
          return;
        }
        segment = next;
        offset = next.dataStart;
        index = 0;
        continue;
      }
      long word = segment.commitWord(offset);
      if (word == 0) {
        return;
      }
      int length = (int) word;
      if ((length & Segment.END) != 0) {
        offset = segment.capacity;
        continue;
      }
      if ((length & Segment.PADDING) != 0) {
        offset += length & Segment.LENGTH_MASK;
        index++;
        continue;
      }
      if (!segment.isIntact(offset, length, index, (int) (word >>> 32), check)) {
        damaged++;
      } else if (!consumer.accept(segment.buffer, offset + Segment.FRAME_HEADER, length)) {
        return;
      }
      offset += Segment.align(Segment.FRAME_HEADER + length);
      index++;
    }
  }

  /** How many damaged records have been passed over since this was asked last. */
  public int takeDamaged() {
    int taken = damaged;
    damaged = 0;
    return taken;
  }

  /** How many bytes the journal may hold. */
  public long budget() {
    return journal.budget();
  }

  /** Up to where records have been read. */
  public long position() {
    return segment.id * segment.capacity + offset;
  }

  /** How many bytes, frames included, wait to be read; a few may not be written yet. */
  public long available() {
    return journal.tail() - position();
  }

  /**
   * Says that everything before this position has reached its end, so that its space can be used
   * again.
   */
  public void acknowledge(long position) {
    long before = acknowledged;
    acknowledged = position;
    if (before / journal.segmentSize() != position / journal.segmentSize()) {
      journal.release();
    }
  }

  /** Up to where everything has been acknowledged. Any thread may ask. */
  public long acknowledged() {
    return acknowledged;
  }

  /**
   * How many bytes, frames included, have been appended and not acknowledged. Any thread may ask.
   */
  public long unacknowledged() {
    return Math.max(0, journal.tail() - acknowledged);
  }

  /**
   * Waits until at least this many bytes wait to be read, the time is up, or the thread is
   * unparked. Returns early without reason at times, as {@link LockSupport#park} does.
   */
  public void await(long bytes, long timeoutNanos) {
    wakeAt = position() + bytes;
    waiter = Thread.currentThread();
    try {
      if (journal.tail() < wakeAt) {
        LockSupport.parkNanos(this, timeoutNanos);
      }
    } finally {
      waiter = null;
      wakeAt = Long.MAX_VALUE;
    }
  }

  void wakeIfEnough(long tail) {
    if (tail >= wakeAt) {
      Thread thread = waiter;
      if (thread != null) {
        LockSupport.unpark(thread);
      }
    }
  }
}
