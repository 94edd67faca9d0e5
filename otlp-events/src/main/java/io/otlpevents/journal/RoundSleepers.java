package io.otlpevents.journal;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that sleep until a round of the {@link Syncer} has ended.
 *
 * <p>There is no lock, for each of the many that wake at once would have to wait for all the others
 * to have had it. And each that was woken wakes two others, so that the next round need not wait
 * until one thread has woken them all. Those that were woken may not get to run for a while, as
 * virtual threads whose carriers are all pinned; so each also looks for itself now and then.
 */
final class RoundSleepers {

  private static final int FAN_OUT = 2;
  private static final long LOOK_NANOS = 20_000_000;

  /**
   * Those of two rounds that follow each other apart, so that one's end does not wake the others in
   * vain. In each, an earlier round's come first: nobody waits for the round after next before this
   * one has ended.
   */
  private final List<Queue<Sleeper>> asleep =
      List.of(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());

  private volatile long ended;
  private volatile boolean over;

  /**
   * Sleeps until a round has ended, or nobody makes rounds any more.
   *
   * @return whether it has ended in time
   */
  boolean await(long round, long patienceNanos) {
    long deadline = System.nanoTime() + patienceNanos;
    boolean interrupted = false;
    boolean ends = true;
    while (ended < round && ends) {
      Sleeper sleeper = new Sleeper(Thread.currentThread(), round);
      asleep.get((int) round & 1).add(sleeper);
      long remaining = deadline - System.nanoTime();
      try {
        while (ended < round && !over && remaining > 0 && !sleeper.get()) {
          LockSupport.parkNanos(this, Math.min(remaining, LOOK_NANOS));
          interrupted |= Thread.interrupted();
          remaining = deadline - System.nanoTime();
        }
      } finally {
        // Whoever was chosen to go on waking the others must do so, even if it woke by itself; and
        // who was not must not be chosen any more.
        if (sleeper.getAndSet(true)) {
          wake(round);
        }
      }
      ends = remaining > 0 && !over;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ended >= round;
  }

  /** A round has ended; called by one thread, with growing numbers. */
  void end(long round) {
    ended = round;
    wake(round);
  }

  /** There will be no more rounds. */
  void close() {
    over = true;
    for (Queue<Sleeper> sleepers : asleep) {
      for (Sleeper sleeper = sleepers.poll(); sleeper != null; sleeper = sleepers.poll()) {
        LockSupport.unpark(sleeper.thread);
      }
    }
  }

  /** How many sleep, or are about to; for tests. */
  int count() {
    return asleep.get(0).size() + asleep.get(1).size();
  }

  private void wake(long round) {
    Queue<Sleeper> sleepers = asleep.get((int) round & 1);
    for (int woken = 0; woken < FAN_OUT; ) {
      Sleeper first = sleepers.peek();
      if (first == null || first.round > ended) {
        return;
      }
      Sleeper sleeper = sleepers.poll();
      // Another waker may have taken the one we saw; to wake one too early does no harm.
      if (sleeper != null && !sleeper.getAndSet(true)) {
        LockSupport.unpark(sleeper.thread);
        woken++;
      }
    }
  }

  /** True once it is awake or was chosen to be woken. */
  private static final class Sleeper extends AtomicBoolean {

    private static final long serialVersionUID = 1;

    private final transient Thread thread;
    private final long round;

    private Sleeper(Thread thread, long round) {
      this.thread = thread;
      this.round = round;
    }
  }
}
