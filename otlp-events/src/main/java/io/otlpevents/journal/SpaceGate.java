package io.otlpevents.journal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Where callers wait for room. Opening it costs one read while nobody waits. Made of locks that let
 * a virtual thread leave its carrier.
 */
final class SpaceGate {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile int waiting;

  /**
   * Waits until the condition holds or the time is up. An interrupt does not end the wait and stays
   * set.
   *
   * @param deadline by {@link System#nanoTime()}
   * @return whether the condition holds
   */
  boolean await(BooleanSupplier condition, long deadline) {
    boolean interrupted = false;
    lock.lock();
    waiting++;
    try {
      while (!condition.getAsBoolean()) {
        long remaining = deadline - System.nanoTime();
        if (remaining <= 0) {
          return false;
        }
        try {
          changed.await(remaining, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      waiting--;
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Lets the waiting look at their condition again. */
  void open() {
    if (waiting > 0) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
