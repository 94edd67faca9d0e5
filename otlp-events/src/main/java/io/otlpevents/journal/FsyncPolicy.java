package io.otlpevents.journal;

/**
 * When a journal on disk makes the operating system write to the device. Whatever is chosen, an
 * accepted event survives the end of the process, {@code kill -9} included, at once.
 */
public enum FsyncPolicy {
  /**
   * The operating system decides, usually within half a minute. A power cut or a crash of the
   * system takes what it has not written yet.
   */
  OS,
  /** Every {@link DiskSettings#syncInterval()}: a power cut takes at most what is younger. */
  INTERVAL,
  /**
   * Before {@code emit} returns: a power cut takes nothing that was accepted. Callers that emit at
   * the same time share one write.
   */
  ALWAYS
}
