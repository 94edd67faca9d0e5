package io.otlpevents.benchmarks;

import java.util.concurrent.locks.LockSupport;

/**
 * Lets a thread do something at a steady rate, in ticks of a millisecond: to sleep and wake for
 * each single event would cost more than what is measured.
 */
final class Pace {

  private static final long TICK = 1_000_000;

  private final long start = System.nanoTime();
  private final double interval;

  /**
   * @param perSecond how often in a second; zero for no limit
   */
  Pace(double perSecond) {
    this.interval = perSecond <= 0 ? 0 : 1e9 / perSecond;
  }

  /** Returns when it is time for the event with this index, counted from 0. */
  void await(long index) {
    if (interval > 0) {
      long due = (long) (index * interval);
      until(start + (due + TICK - 1) / TICK * TICK);
    }
  }

  /** Waits for a point in time, by {@link System#nanoTime()}. */
  static void until(long nanoTime) {
    long remaining = nanoTime - System.nanoTime();
    while (remaining > 0) {
      LockSupport.parkNanos(remaining);
      remaining = nanoTime - System.nanoTime();
    }
  }
}
