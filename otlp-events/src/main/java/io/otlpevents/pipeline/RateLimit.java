package io.otlpevents.pipeline;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A token bucket that holds a second's worth of events. Lock-free, for any number of threads.
 *
 * <p>Instead of counting tokens it keeps the time at which the bucket will be full again, so that
 * one compare-and-set takes a token and no thread has to refill it.
 */
final class RateLimit {

  private final LongSupplier nanoTime;
  private final long intervalNanos;
  private final long burstNanos;
  private final AtomicLong fullAt;
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param maxPerSecond greater than 0, up to 1,000,000
   * @param nanoTime a clock as {@link System#nanoTime()}
   */
  RateLimit(double maxPerSecond, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    // A rate of less than one in 146 years is none.
    this.intervalNanos = (long) Math.min(1e9 / maxPerSecond, Long.MAX_VALUE / 2.0);
    this.burstNanos = (Math.max(1, (long) maxPerSecond) - 1) * intervalNanos;
    this.fullAt = new AtomicLong(nanoTime.getAsLong());
  }

  /**
   * Takes a token.
   *
   * @return how many events this one stands for, itself and those refused since the last token was
   *     taken; 0 if there is no token
   */
  long take() {
    while (true) {
      long full = fullAt.get();
      long now = nanoTime.getAsLong();
      long behind = full - now;
      if (behind > burstNanos) {
        refused.getAndIncrement();
        return 0;
      }
      if (fullAt.compareAndSet(full, (behind > 0 ? full : now) + intervalNanos)) {
        return 1 + refused.getAndSet(0);
      }
    }
  }
}
