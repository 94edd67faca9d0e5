package io.otlpevents.journal;

/** What came of the wish to have a record forced to the device. */
public enum ForceOutcome {
  /** It was forced. */
  FORCED,
  /** It could not be forced, or the journal closed before. */
  FAILED,
  /** Every reader had passed its segment before. */
  RELEASED
}
