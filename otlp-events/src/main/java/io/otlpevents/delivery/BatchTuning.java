package io.otlpevents.delivery;

import java.util.concurrent.TimeUnit;

/**
 * How large requests are and how long events wait for one another. Fixed unless adaptive; then the
 * size grows by steps while full requests are answered quickly, and shrinks by a share when answers
 * are slow or fail, as congestion control does; and the delay is short while requests stay small,
 * because waiting would save nothing, and long while they are large. For one thread.
 */
final class BatchTuning {

  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int SMALLEST = 64 * 1024;
  private static final int STEP = 64 * 1024;

  private final boolean adaptive;
  private final int maxSize;
  private final long maxDelayNanos;
  private final long minDelayNanos;
  private int size;
  private long delayNanos;

  BatchTuning(DeliverySettings settings) {
    this.adaptive = settings.adaptive();
    this.maxSize = settings.maxBatchSize();
    this.maxDelayNanos = settings.maxDelay().toNanos();
    this.minDelayNanos = Math.max(1_000_000, maxDelayNanos / 10);
    this.size = adaptive ? Math.min(maxSize, 4 * SMALLEST) : maxSize;
    this.delayNanos = maxDelayNanos;
  }

  int batchSize() {
    return size;
  }

  long delayNanos() {
    return delayNanos;
  }

  /** Learns from an answer. */
  void answered(long nanos, int bytes, boolean delivered) {
    if (!adaptive) {
      return;
    }
    boolean full = bytes >= size / 10 * 9;
    if (!delivered || nanos > SLOW_NANOS) {
      size = Math.max(Math.min(SMALLEST, maxSize), size / 10 * 7);
    } else if (full && nanos < QUICK_NANOS) {
      size = Math.min(maxSize, size + STEP);
    }
    delayNanos =
        full
            ? Math.min(maxDelayNanos, delayNanos * 2)
            : Math.max(minDelayNanos, delayNanos - delayNanos / 8);
  }
}
