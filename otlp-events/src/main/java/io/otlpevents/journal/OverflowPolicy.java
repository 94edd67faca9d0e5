package io.otlpevents.journal;

/** What happens to a new event when the journal's budget is spent. */
public enum OverflowPolicy {
  /** The caller waits for room, up to a limit; then the new event is dropped and counted. */
  BLOCK,
  /** The new event is dropped and counted. */
  DROP_NEWEST
}
