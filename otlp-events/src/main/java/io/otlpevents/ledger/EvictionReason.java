package io.otlpevents.ledger;

/** Why an event that was in the journal left it without having been delivered or refused. */
public enum EvictionReason {
  /** It was still in memory when the emitter closed. */
  CLOSED,
  /** Its bytes failed their checksum and were not sent. */
  DAMAGED
}
