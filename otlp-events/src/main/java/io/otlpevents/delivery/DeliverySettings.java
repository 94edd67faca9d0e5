package io.otlpevents.delivery;

import java.time.Duration;
import java.util.Objects;

/**
 * How a destination is fed.
 *
 * @param maxBatchSize the largest request in bytes before compression, 4 KiB to 3.5 MiB; receivers
 *     commonly refuse more than 4 MiB
 * @param maxDelay how long an event waits at most for others to share its request, at least 1 ms
 * @param maxInFlight how many requests may be under way at once, 1 to 64
 * @param initialBackoff the mean pause after the first failure; doubles with each further one
 * @param maxBackoff the longest such pause
 * @param attemptTimeout after how long a destination that does not report back is given up on and
 *     the request is sent again; longer than the destination's own time-out
 */
public record DeliverySettings(
    int maxBatchSize,
    Duration maxDelay,
    int maxInFlight,
    Duration initialBackoff,
    Duration maxBackoff,
    Duration attemptTimeout) {

  /** The largest request that may be configured, 3.5 MiB. */
  public static final int LARGEST_BATCH = 3584 * 1024;

  private static final int SMALLEST_BATCH = 4 * 1024;

  /** Checks the ranges. */
  public DeliverySettings {
    Objects.requireNonNull(maxDelay, "maxDelay");
    Objects.requireNonNull(initialBackoff, "initialBackoff");
    Objects.requireNonNull(maxBackoff, "maxBackoff");
    Objects.requireNonNull(attemptTimeout, "attemptTimeout");
    require(
        maxBatchSize >= SMALLEST_BATCH && maxBatchSize <= LARGEST_BATCH,
        "maxBatchSize must be from 4 KiB to 3.5 MiB, but is " + maxBatchSize);
    require(maxDelay.toMillis() >= 1, "maxDelay must be at least 1 ms, but is " + maxDelay);
    require(
        maxInFlight >= 1 && maxInFlight <= 64,
        "maxInFlight must be from 1 to 64, but is " + maxInFlight);
    require(
        initialBackoff.toMillis() >= 1,
        "initialBackoff must be at least 1 ms, but is " + initialBackoff);
    require(
        maxBackoff.compareTo(initialBackoff) >= 0,
        "maxBackoff must not be shorter than initialBackoff, but is " + maxBackoff);
    require(
        attemptTimeout.toMillis() >= 1,
        "attemptTimeout must be at least 1 ms, but is " + attemptTimeout);
  }

  /** Requests of 1 MiB or 200 ms, four at once; pauses from 200 ms to 10 s; given up after 30 s. */
  public static DeliverySettings defaults() {
    return new DeliverySettings(
        1 << 20,
        Duration.ofMillis(200),
        4,
        Duration.ofMillis(200),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30));
  }

  /** The same with another size of requests. */
  public DeliverySettings withMaxBatchSize(int maxBatchSize) {
    return new DeliverySettings(
        maxBatchSize, maxDelay, maxInFlight, initialBackoff, maxBackoff, attemptTimeout);
  }

  /** The same with another delay. */
  public DeliverySettings withMaxDelay(Duration maxDelay) {
    return new DeliverySettings(
        maxBatchSize, maxDelay, maxInFlight, initialBackoff, maxBackoff, attemptTimeout);
  }

  /** The same with another number of requests at once. */
  public DeliverySettings withMaxInFlight(int maxInFlight) {
    return new DeliverySettings(
        maxBatchSize, maxDelay, maxInFlight, initialBackoff, maxBackoff, attemptTimeout);
  }

  /** The same with other pauses. */
  public DeliverySettings withBackoff(Duration initialBackoff, Duration maxBackoff) {
    return new DeliverySettings(
        maxBatchSize, maxDelay, maxInFlight, initialBackoff, maxBackoff, attemptTimeout);
  }

  /** The same with another limit on an attempt. */
  public DeliverySettings withAttemptTimeout(Duration attemptTimeout) {
    return new DeliverySettings(
        maxBatchSize, maxDelay, maxInFlight, initialBackoff, maxBackoff, attemptTimeout);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
