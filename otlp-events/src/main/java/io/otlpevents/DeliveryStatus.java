package io.otlpevents;

/** What became of one event at one destination. */
public enum DeliveryStatus {
  /** The receiver acknowledged the request that held it. */
  DELIVERED,
  /** The receiver refused the request that held it, for good. */
  REFUSED,
  /**
   * The receiver took the request that held it, but threw some of its events away and did not say
   * which (OTLP partial success).
   */
  UNCERTAIN,
  /**
   * It left the journal undelivered, or was not acknowledged when the engine closed. An attempt
   * that was under way then may have arrived.
   */
  EVICTED,
  /** The destination is not meant to get it. */
  FILTERED,
  /** The engine has closed; it waits on disk for the next process, which has no receipt for it. */
  KEPT
}
