package io.otlpevents.delivery;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a destination is doing at one moment.
 *
 * @param destination its name
 * @param state whether batches flow
 * @param since since when it has been in this state
 * @param failures how many failures have followed one another since it last answered
 * @param lastError what went wrong last, made fit for people and logs; null for nothing so far
 * @param lastErrorAt when; null for never
 * @param lastAnswerAt when the receiver last answered, whatever it said; null for never
 * @param pendingBytes how many bytes of the journal wait for this destination
 * @param inFlight how many requests are under way
 * @param oldestSince when the oldest event that has not come to its end was taken from the journal
 *     to be sent, which is {@code max-delay} after it was emitted at the latest while the receiver
 *     keeps up; null where none has been taken
 */
public record DestinationStatus(
    String destination,
    State state,
    Instant since,
    long failures,
    @Nullable String lastError,
    @Nullable Instant lastErrorAt,
    @Nullable Instant lastAnswerAt,
    long pendingBytes,
    int inFlight,
    @Nullable Instant oldestSince) {

  /** Whether batches flow: the states of a circuit breaker. */
  public enum State {
    /** Batches flow; the circuit is closed. */
    FLOWING,
    /** The last attempt failed and the pause is not over; the circuit is open. */
    PAUSED,
    /** One batch is under way to see whether the receiver is back; the circuit is half open. */
    PROBING
  }
}
