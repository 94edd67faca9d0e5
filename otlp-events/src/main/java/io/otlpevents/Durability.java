package io.otlpevents;

/** How safe an event is that was emitted for a {@linkplain EventReceipt receipt}. */
public enum Durability {
  /**
   * The device has it: the operating system was asked to write it there and reported success,
   * whatever the journal's fsync policy is. It survives a power cut as far as the device keeps its
   * word.
   */
  SYNCED,
  /**
   * It is in a file and survives the end of the process, but could not be forced to the device, or
   * the engine closed before it was; a power cut may still take it.
   */
  UNSYNCED,
  /**
   * Every destination had finished with it before the device was asked, so that nothing was left to
   * be kept; see {@link EventReceipt#delivered}.
   */
  RELEASED,
  /** The journal is in memory: the event ends with the process unless it is delivered before. */
  MEMORY_ONLY,
  /** It is not in the journal; see {@link EventReceipt#result}. */
  NOT_ACCEPTED
}
