package io.otlpevents.journal;

/** What became of a record that was appended. */
public enum AppendResult {
  /** It is in the journal, and as safe as {@link FsyncPolicy} promises. */
  APPENDED,
  /**
   * It is in the journal and will be delivered, but could not be forced to the disk, so that a
   * power cut might still take it.
   */
  UNSYNCED,
  /** The budget is spent. */
  FULL,
  /** The journal takes no more records. */
  CLOSED
}
