package io.otlpevents.delivery;

import java.time.Duration;
import java.util.Objects;

/**
 * How a destination is fed. Start from a preset and change what you need:
 *
 * <pre>{@code
 * DeliverySettings.balanced().toBuilder().maxInFlight(2).build()
 * }</pre>
 *
 * @param maxBatchSize the largest request in bytes before compression, 4 KiB to 3.5 MiB; receivers
 *     commonly refuse more than 4 MiB
 * @param maxDelay how long an event waits at most for others to share its request, at least 1 ms
 * @param maxInFlight how many requests may be under way at once, 1 to 64
 * @param initialBackoff the mean pause after the first failure; doubles with each further one
 * @param maxBackoff the longest such pause
 * @param attemptTimeout after how long a destination that does not report back is given up on and
 *     the request is sent again; longer than the destination's own time-out
 * @param bisectRefused whether a request that the receiver calls malformed is halved and sent again
 *     until only the bad events are refused; otherwise all its events are
 * @param holdUnauthorized whether events wait while the receiver does not accept our credentials;
 *     otherwise they are refused
 * @param adaptive whether the size of requests and the delay follow the receiver's answers and the
 *     load, within the limits above
 */
public record DeliverySettings(
    int maxBatchSize,
    Duration maxDelay,
    int maxInFlight,
    Duration initialBackoff,
    Duration maxBackoff,
    Duration attemptTimeout,
    boolean bisectRefused,
    boolean holdUnauthorized,
    boolean adaptive) {

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(365);

  /** The largest request that may be configured, 3.5 MiB. */
  public static final int LARGEST_BATCH = 3584 * 1024;

  /** The smallest request that may be configured, 4 KiB. */
  public static final int SMALLEST_BATCH = 4 * 1024;

  /** Checks the ranges. */
  public DeliverySettings {
    Objects.requireNonNull(maxDelay, "maxDelay");
    Objects.requireNonNull(initialBackoff, "initialBackoff");
    Objects.requireNonNull(maxBackoff, "maxBackoff");
    Objects.requireNonNull(attemptTimeout, "attemptTimeout");
    require(
        maxBatchSize >= SMALLEST_BATCH && maxBatchSize <= LARGEST_BATCH,
        "maxBatchSize must be from 4 KiB to 3.5 MiB, but is " + maxBatchSize);
    requireDuration("maxDelay", maxDelay);
    require(
        maxInFlight >= 1 && maxInFlight <= 64,
        "maxInFlight must be from 1 to 64, but is " + maxInFlight);
    requireDuration("initialBackoff", initialBackoff);
    requireDuration("maxBackoff", maxBackoff);
    require(
        maxBackoff.compareTo(initialBackoff) >= 0,
        "maxBackoff must not be shorter than initialBackoff, but is " + maxBackoff);
    requireDuration("attemptTimeout", attemptTimeout);
  }

  /** The preset {@link #balanced()}. */
  public static DeliverySettings defaults() {
    return balanced();
  }

  /**
   * Requests of 1 MiB or 200 ms, four at once; pauses from 200 ms to 10 s; given up after 30 s;
   * nothing bisected, held or adapted.
   */
  public static DeliverySettings balanced() {
    return new DeliverySettings(
        1 << 20,
        Duration.ofMillis(200),
        4,
        Duration.ofMillis(200),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        false,
        false,
        false);
  }

  /**
   * {@link #balanced()}, but requests of 256 KiB or 20 ms: events arrive sooner, in more requests.
   */
  public static DeliverySettings lowLatency() {
    return balanced().toBuilder().maxBatchSize(256 << 10).maxDelay(Duration.ofMillis(20)).build();
  }

  /** {@link #balanced()}, but requests of 3 MiB or 1 s: fewer requests, later. */
  public static DeliverySettings highThroughput() {
    return balanced().toBuilder().maxBatchSize(3 << 20).maxDelay(Duration.ofSeconds(1)).build();
  }

  /** A builder with these settings. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  private static void requireDuration(String name, Duration value) {
    require(
        value.compareTo(SHORTEST) >= 0 && value.compareTo(LONGEST) <= 0,
        name + " must be from 1 ms to 365 days, but is " + value);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Builds {@link DeliverySettings}; for one thread. */
  public static final class Builder {

    private int maxBatchSize;
    private Duration maxDelay;
    private int maxInFlight;
    private Duration initialBackoff;
    private Duration maxBackoff;
    private Duration attemptTimeout;
    private boolean bisectRefused;
    private boolean holdUnauthorized;
    private boolean adaptive;

    private Builder(DeliverySettings settings) {
      this.maxBatchSize = settings.maxBatchSize;
      this.maxDelay = settings.maxDelay;
      this.maxInFlight = settings.maxInFlight;
      this.initialBackoff = settings.initialBackoff;
      this.maxBackoff = settings.maxBackoff;
      this.attemptTimeout = settings.attemptTimeout;
      this.bisectRefused = settings.bisectRefused;
      this.holdUnauthorized = settings.holdUnauthorized;
      this.adaptive = settings.adaptive;
    }

    /** See {@link DeliverySettings#maxBatchSize()}. */
    public Builder maxBatchSize(int bytes) {
      this.maxBatchSize = bytes;
      return this;
    }

    /** See {@link DeliverySettings#maxDelay()}. */
    public Builder maxDelay(Duration maxDelay) {
      this.maxDelay = maxDelay;
      return this;
    }

    /** See {@link DeliverySettings#maxInFlight()}. */
    public Builder maxInFlight(int maxInFlight) {
      this.maxInFlight = maxInFlight;
      return this;
    }

    /** See {@link DeliverySettings#initialBackoff()} and {@link DeliverySettings#maxBackoff()}. */
    public Builder backoff(Duration initialBackoff, Duration maxBackoff) {
      this.initialBackoff = initialBackoff;
      this.maxBackoff = maxBackoff;
      return this;
    }

    /** See {@link DeliverySettings#attemptTimeout()}. */
    public Builder attemptTimeout(Duration attemptTimeout) {
      this.attemptTimeout = attemptTimeout;
      return this;
    }

    /** See {@link DeliverySettings#bisectRefused()}. */
    public Builder bisectRefused(boolean bisectRefused) {
      this.bisectRefused = bisectRefused;
      return this;
    }

    /** See {@link DeliverySettings#holdUnauthorized()}. */
    public Builder holdUnauthorized(boolean holdUnauthorized) {
      this.holdUnauthorized = holdUnauthorized;
      return this;
    }

    /** See {@link DeliverySettings#adaptive()}. */
    public Builder adaptive(boolean adaptive) {
      this.adaptive = adaptive;
      return this;
    }

    /**
     * The finished settings.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public DeliverySettings build() {
      return new DeliverySettings(
          maxBatchSize,
          maxDelay,
          maxInFlight,
          initialBackoff,
          maxBackoff,
          attemptTimeout,
          bisectRefused,
          holdUnauthorized,
          adaptive);
    }
  }
}
