package io.otlpevents.journal;

/** What happens to a new event when the journal's budget is spent. */
public enum OverflowPolicy {
  /** The caller waits for room, up to a limit; then the new event is dropped and counted. */
  BLOCK,
  /** The new event is dropped and counted. */
  DROP_NEWEST,
  /**
   * The oldest events, a segment's worth of them, are given up and counted as evicted, and the new
   * one is kept. Those that are on their way to a destination still go there.
   */
  DROP_OLDEST
}
