package io.otlpevents.journal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * A journal in files.
 *
 * @param directory where; made if it is missing. Each process that uses it at the same time has a
 *     sub-directory of its own; those of processes that ended are taken over at start
 * @param fsync when to make the operating system write to the device
 * @param syncInterval how often, for {@link FsyncPolicy#INTERVAL}; at least 1 ms
 * @param exclusive whether another process that uses the directory is a mistake that stops the
 *     start
 */
public record DiskSettings(
    Path directory, FsyncPolicy fsync, Duration syncInterval, boolean exclusive) {

  /** Checks the ranges. */
  public DiskSettings {
    Objects.requireNonNull(directory, "directory");
    Objects.requireNonNull(fsync, "fsync");
    if (syncInterval.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException(
          "syncInterval must be at least 1 ms, but is " + syncInterval);
    }
  }

  /** In this directory, written to the device when the operating system wishes. */
  public static DiskSettings in(Path directory) {
    return new DiskSettings(directory, FsyncPolicy.OS, Duration.ofSeconds(1), false);
  }

  /** The same with another policy. */
  public DiskSettings withFsync(FsyncPolicy fsync) {
    return new DiskSettings(directory, fsync, syncInterval, exclusive);
  }

  /** The same with another interval. */
  public DiskSettings withSyncInterval(Duration syncInterval) {
    return new DiskSettings(directory, fsync, syncInterval, exclusive);
  }

  /** The same, alone in the directory or not. */
  public DiskSettings withExclusive(boolean exclusive) {
    return new DiskSettings(directory, fsync, syncInterval, exclusive);
  }
}
