package io.otlpevents.delivery;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait after failures: exponential with full jitter, so that many senders do not come
 * back at once. For one thread.
 */
final class Backoff {

  /** A receiver's wish is honoured up to here, so that a wrong header cannot stop delivery. */
  private static final Duration LONGEST_WISH = Duration.ofMinutes(5);

  private final long initialNanos;
  private final long maxNanos;
  private final RandomGenerator random;
  private int failures;

  Backoff(Duration initial, Duration max, RandomGenerator random) {
    this.initialNanos = initial.toNanos();
    this.maxNanos = max.toNanos();
    this.random = random;
  }

  /** The pause after one more failure, in nanoseconds. */
  long next() {
    int doublings = Math.min(failures++, 62 - bits(initialNanos));
    // A uniform pause from zero to twice its mean has that mean.
    long mean = Math.min(Math.max(1, maxNanos / 2), initialNanos << doublings);
    return random.nextLong(2 * mean);
  }

  /** What a receiver's wish to wait comes to, in nanoseconds; zero for none. */
  static long wish(@Nullable Duration asked) {
    if (asked == null || asked.isNegative()) {
      return 0;
    }
    return (asked.compareTo(LONGEST_WISH) > 0 ? LONGEST_WISH : asked).toNanos();
  }

  private static int bits(long value) {
    return Long.SIZE - Long.numberOfLeadingZeros(value);
  }

  void reset() {
    failures = 0;
  }
}
