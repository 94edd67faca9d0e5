package io.otlpevents.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Makes the operating system write the journal's files to the device, on a thread of its own.
 *
 * <p>Group commit: a caller that must wait does so for a round that begins after its record was
 * committed. While one round is on its way, all who come share the next; so many callers cost one
 * write.
 */
final class Syncer {

  /** Longer than any device takes that still works. */
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final Journal journal;
  private final boolean always;

  /** Whether it forces without being asked. */
  private final boolean periodic;

  /** Whether nobody has forced to the disk that the files exist. */
  private final boolean entries;

  private final long intervalNanos;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();

  private final RoundSleepers sleepers = new RoundSleepers();

  // Written by the thread that makes rounds.
  private volatile long begun;
  private volatile long failed = -1;

  /** Guarded by the lock. */
  private final List<Waiter> waiters = new ArrayList<>();

  private volatile boolean asked;
  private volatile boolean stopped;

  // Owned by the thread.
  private Segment segment;
  private int forcedTo;

  Syncer(Journal journal, DiskSettings settings, Segment first) {
    this.journal = journal;
    this.always = settings.fsync() == FsyncPolicy.ALWAYS;
    this.periodic = settings.fsync() == FsyncPolicy.INTERVAL;
    this.entries = settings.fsync() == FsyncPolicy.OS;
    this.intervalNanos = settings.syncInterval().toNanos();
    this.segment = first;
    this.thread = new Thread(this::run, "otlp-events-sync");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** After a commit: waits for the device where the policy says so. */
  boolean awaitSync(Segment written, boolean mayWait) {
    return !always || await(mayWait) && !written.suspect;
  }

  /**
   * Waits until what was committed before this call is on the device.
   *
   * @param mayWait otherwise the device is only asked, and the answer is false
   */
  boolean await(boolean mayWait) {
    if (!mayWait) {
      ask();
      return false;
    }
    // Read after the commit: the round after this one begins later, and covers it.
    long round = begun + 1;
    ask();
    return sleepers.await(round, PATIENCE_NANOS) && failed < round;
  }

  /**
   * Asks for what was committed before this call to be forced.
   *
   * @param written what must be
   * @param done told once; must not block
   */
  void whenForced(Segment written, Consumer<ForceOutcome> done) {
    boolean late;
    lock.lock();
    try {
      late = stopped;
      if (!late) {
        waiters.add(new Waiter(begun + 1, written, done));
      }
    } finally {
      lock.unlock();
    }
    if (late) {
      done.accept(ForceOutcome.FAILED);
    } else {
      ask();
    }
  }

  private record Waiter(long round, Segment written, Consumer<ForceOutcome> done) {}

  private void tell(List<Waiter> told, boolean whole) {
    for (Waiter waiter : told) {
      Segment written = waiter.written;
      ForceOutcome outcome =
          written.start < journal.oldest().start
              ? ForceOutcome.RELEASED
              : whole && !written.suspect ? ForceOutcome.FORCED : ForceOutcome.FAILED;
      try {
        waiter.done.accept(outcome);
      } catch (Throwable e) {
        // One who cannot be told, for want of memory, must not keep the others waiting.
      }
    }
  }

  private void ask() {
    if (!asked) {
      asked = true;
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    while (!stopped) {
      Thread.interrupted();
      if (!asked) {
        if (periodic) {
          LockSupport.parkNanos(this, intervalNanos);
        } else {
          LockSupport.park(this);
        }
      }
      if (asked || periodic) {
        round();
      }
    }
  }

  /** Forces what was committed before; called by the thread, and by tests in its place. */
  void round() {
    long round;
    lock.lock();
    try {
      asked = false;
      round = begun + 1;
      begun = round;
    } finally {
      lock.unlock();
    }
    boolean whole = false;
    try {
      whole = force();
    } catch (Throwable e) {
      journal.fail("the journal cannot be forced to the disk", new IOException(e));
    }
    List<Waiter> told = new ArrayList<>();
    lock.lock();
    try {
      waiters.removeIf(waiter -> waiter.round <= round && told.add(waiter));
    } finally {
      lock.unlock();
    }
    if (!whole) {
      // Before the end, which those who wait look at first.
      failed = round;
    }
    sleepers.end(round);
    tell(told, whole);
  }

  /** Forces all that was committed before; returns whether that worked for every segment. */
  private boolean force() {
    boolean whole = true;
    Segment last = journal.active();
    while (true) {
      Segment present = segment;
      if (present.start < journal.oldest().start) {
        // Delivered meanwhile, and perhaps used for other records. What of it is not on the device
        // must not be missed after a power cut.
        forceCursors(present);
        move(journal.oldest());
        continue;
      }
      int committed = committedTo(present);
      int claimed = present.claimedTo();
      if (!force(present, claimed)) {
        whole = false;
      }
      // What is claimed and not committed now must be forced once more.
      forcedTo = committed;
      Segment next = present.next;
      if (present == last || next == null) {
        return whole;
      }
      if (present.frames < 0 || committed < claimed && !present.suspect) {
        return forceBehind(next, last) && whole;
      }
      move(next);
    }
  }

  /** A writer is slow: the segments behind are forced, and this one again in the next round. */
  private boolean forceBehind(Segment next, Segment last) {
    boolean whole = true;
    forcedTo = 0;
    for (Segment at = next; at != null; at = at.next) {
      whole &= force(at, at.claimedTo());
      if (at == last) {
        break;
      }
    }
    return whole;
  }

  private void forceCursors(Segment passed) {
    CursorFile cursors = passed.piece.cursors();
    try {
      if (cursors != null) {
        cursors.force();
      }
    } catch (IOException e) {
      journal.fail("the cursors cannot be forced to the disk", e);
    }
  }

  private void move(Segment to) {
    segment = to;
    forcedTo = 0;
  }

  private int committedTo(Segment present) {
    int at = Math.max(forcedTo, present.dataStart);
    int end = present.claimedTo();
    while (at < end) {
      long word = present.commitWord(at);
      int length = (int) word;
      if (word == 0) {
        return at;
      }
      if (length < 0) {
        return end;
      }
      at +=
          (length & Segment.PADDING) != 0
              ? Math.max(8, Segment.align(length & Segment.LENGTH_MASK))
              : Segment.align(Segment.FRAME_HEADER + length);
    }
    return Math.min(at, end);
  }

  private boolean force(Segment present, int to) {
    if (present.suspect) {
      if (present == journal.active()) {
        journal.roll(present); // there may have been no room to do so before
      }
      return false;
    }
    try {
      if (entries && forcedTo == 0) {
        present.piece.forceEntry();
      }
      if (to > forcedTo) {
        present.piece.force(forcedTo, to - forcedTo);
      }
      return true;
    } catch (IOException e) {
      journal.fail("the journal cannot be forced to the disk", e);
      // A second attempt may report success though the kernel has dropped what it could not write.
      present.suspect = true;
      journal.roll(present);
      return false;
    }
  }

  void close() {
    lock.lock();
    try {
      stopped = true;
    } finally {
      lock.unlock();
    }
    LockSupport.unpark(thread);
    boolean interrupted = false;
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (thread.isAlive() && System.nanoTime() < deadline) {
      try {
        thread.join(1_000);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (!thread.isAlive()) {
      round();
    }
    List<Waiter> left;
    lock.lock();
    try {
      left = List.copyOf(waiters);
      waiters.clear();
    } finally {
      lock.unlock();
    }
    sleepers.close();
    tell(left, false);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
