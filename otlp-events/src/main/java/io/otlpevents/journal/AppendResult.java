package io.otlpevents.journal;

/** What became of a record that was appended. */
public enum AppendResult {
  /** It is in the journal. */
  APPENDED,
  /** The budget is spent. */
  FULL,
  /** The journal takes no more records. */
  CLOSED
}
