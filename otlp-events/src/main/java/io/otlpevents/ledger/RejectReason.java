package io.otlpevents.ledger;

/** Why an event never reached the journal. */
public enum RejectReason {
  /** The journal's budget is spent. */
  JOURNAL_FULL,
  /** The encoded event is larger than the largest one allowed. */
  TOO_LARGE,
  /** A value of the event could not be encoded. */
  ENCODING_FAILED,
  /** The event has no name, or its builder was used twice. */
  INVALID,
  /** The emitter is closed. */
  CLOSED
}
