package io.otlpevents.journal;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds up what earlier processes left, and says so once. For one thread. */
final class Recovery {

  private static final Logger logger = LoggerFactory.getLogger(Journal.class);

  private int directories;
  private long events;
  private long bytes;
  private int setAside;

  /** Takes what was found in a sub-directory. */
  void add(StoreDirectory store) {
    directories += store.waiting() > 0 ? 1 : 0;
    events += store.waiting();
    bytes += store.waitingBytes();
    setAside += store.setAside();
  }

  /** Says what was found, if anything was. */
  void log(Path directory) {
    if (events > 0) {
      logger.info(
          "Journal: took over {} events ({} bytes of files, {} sub-directories) that earlier"
              + " processes left in {}",
          events,
          bytes,
          directories,
          directory);
    }
    if (setAside > 0) {
      logger.warn(
          "Journal: {} files in {} cannot be read and were set aside as *{}; what was in them is"
              + " counted as DAMAGED",
          setAside,
          directory,
          StoreDirectory.DAMAGED);
    }
  }
}
