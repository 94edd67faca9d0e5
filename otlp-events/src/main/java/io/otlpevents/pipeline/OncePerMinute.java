package io.otlpevents.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Says yes at once, then at most once a minute. Lock-free, for any number of threads. */
final class OncePerMinute {

  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTime;
  private final AtomicLong quietUntil;

  /**
   * @param nanoTime a clock as {@link System#nanoTime()}
   */
  OncePerMinute(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.quietUntil = new AtomicLong(nanoTime.getAsLong());
  }

  boolean isDue() {
    long now = nanoTime.getAsLong();
    long until = quietUntil.get();
    return now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS);
  }
}
