package io.otlpevents;

/**
 * What became of an event when it was emitted. Everything that is not {@linkplain #isAccepted
 * accepted} will not be delivered; each is counted in the ledger under the same name.
 */
public enum EmitResult {
  /** In the journal; it will be delivered, or a later loss will be counted with its reason. */
  ACCEPTED,
  /**
   * In the journal like {@link #ACCEPTED}, but it could not be forced to the disk although that is
   * asked for: a power cut may still take it, the end of the process does not.
   */
  ACCEPTED_UNSYNCED,
  /**
   * Not admitted: events are switched off, or the severity is below the minimum, or a filter
   * refused it.
   */
  FILTERED,
  /** Not admitted: sampling left it out. */
  SAMPLED_OUT,
  /** Refused: the journal's budget is spent and the overflow policy does not make room. */
  JOURNAL_FULL,
  /** Refused: the encoded event is larger than the largest one allowed. */
  TOO_LARGE,
  /** Refused: a value of the event could not be encoded, for example because a getter threw. */
  ENCODING_FAILED,
  /** Refused: the event has no name, or its builder was used after it had been emitted. */
  INVALID,
  /** Refused: the emitter is closed. */
  CLOSED;

  /** Whether the event is in the journal. */
  public boolean isAccepted() {
    return this == ACCEPTED || this == ACCEPTED_UNSYNCED;
  }
}
