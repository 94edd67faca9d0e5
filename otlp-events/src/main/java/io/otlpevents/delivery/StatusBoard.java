package io.otlpevents.delivery;

import io.otlpevents.delivery.DestinationStatus.State;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the dispatching thread writes for others to read. */
final class StatusBoard {

  private volatile Entry entry = new Entry(State.FLOWING, Instant.now(), 0, null, null);

  // Changes with each answer, so it is kept apart as a plain number.
  private volatile long lastAnswerMillis;

  // Change with each request, too.
  private volatile int inFlight;
  private volatile long oldestMillis;

  void reached() {
    lastAnswerMillis = System.currentTimeMillis();
    Entry now = entry;
    if (now.state != State.FLOWING) {
      entry = new Entry(State.FLOWING, Instant.now(), 0, now.error, now.errorAt);
    }
  }

  void failing(String reason) {
    Entry now = entry;
    Instant instant = Instant.now();
    boolean failedBefore = now.state != State.FLOWING;
    entry =
        new Entry(
            State.PAUSED,
            failedBefore ? now.since : instant,
            now.failures + 1,
            DeliveryLog.printable(reason),
            instant);
  }

  void probing() {
    Entry now = entry;
    entry = new Entry(State.PROBING, now.since, now.failures, now.error, now.errorAt);
  }

  void refused(String message) {
    Entry now = entry;
    entry =
        new Entry(
            now.state, now.since, now.failures, DeliveryLog.printable(message), Instant.now());
  }

  /**
   * Tells what is under way.
   *
   * @param oldestMillis when the oldest of it was read, by the wall clock; 0 for nothing
   */
  void load(int inFlight, long oldestMillis) {
    if (this.inFlight != inFlight) {
      this.inFlight = inFlight;
    }
    if (this.oldestMillis != oldestMillis) {
      this.oldestMillis = oldestMillis;
    }
  }

  DestinationStatus read(String destination, long pendingBytes) {
    Entry now = entry;
    long answered = lastAnswerMillis;
    long oldest = oldestMillis;
    return new DestinationStatus(
        destination,
        now.state,
        now.since,
        now.failures,
        now.error,
        now.errorAt,
        answered == 0 ? null : Instant.ofEpochMilli(answered),
        pendingBytes,
        inFlight,
        oldest == 0 ? null : Instant.ofEpochMilli(oldest));
  }

  private record Entry(
      State state,
      Instant since,
      long failures,
      @Nullable String error,
      @Nullable Instant errorAt) {}
}
