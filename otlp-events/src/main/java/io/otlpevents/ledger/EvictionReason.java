package io.otlpevents.ledger;

/** Why an event that was in the journal left it without having been delivered or refused. */
public enum EvictionReason {
  /** It was still in memory when the emitter closed. */
  CLOSED,
  /** Its bytes failed their checksum, or its file was missing or cut short; it was not sent. */
  DAMAGED,
  /**
   * Its process died while writing it, or the system before it was on the device. Unless the system
   * died, its {@code emit} never returned.
   */
  TORN,
  /** The journal was full, and its policy gives up the oldest events for new ones. */
  OVERFLOW,
  /** It was older than the limit of age. */
  EXPIRED
}
