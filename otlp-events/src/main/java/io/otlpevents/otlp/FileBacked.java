package io.otlpevents.otlp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something made of files, made again when they have changed. Nobody watches them: whoever asks
 * looks, at most once a second. Safe for any number of threads.
 */
final class FileBacked<T> {

  private static final Logger logger = LoggerFactory.getLogger(OtlpSettings.class);
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String role;
  private final List<Path> files;
  private final Loader<T> loader;
  private final LongSupplier nanoTime;

  /** Guarded by this, like all below. */
  private List<Stamp> seen;

  private long lookedAt;
  private T value;

  /**
   * Reads the files.
   *
   * @param role what the files are to their user
   * @throws IllegalArgumentException if they cannot be read or are unusable
   */
  FileBacked(String role, List<Path> files, Loader<T> loader, LongSupplier nanoTime) {
    this.role = role;
    this.files = files;
    this.loader = loader;
    this.nanoTime = nanoTime;
    this.lookedAt = nanoTime.getAsLong();
    // Before reading, so that a change in between is seen later.
    this.seen = stamps();
    try {
      this.value = loader.load();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException(role + " cannot be used: " + e, e);
    }
  }

  /** What the files say, or said when they were last usable. */
  synchronized T current() {
    long now = nanoTime.getAsLong();
    if (now - lookedAt < INTERVAL_NANOS) {
      return value;
    }
    lookedAt = now;
    List<Stamp> found = stamps();
    if (found.equals(seen)) {
      return value;
    }
    seen = found;
    try {
      value = loader.load();
      logger.info("{}: changed, and in use from now on", role);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      logger.warn(
          "{}: changed, but cannot be used; the earlier ones stay in use: {}", role, e.toString());
    }
    return value;
  }

  private List<Stamp> stamps() {
    List<Stamp> stamps = new ArrayList<>();
    for (Path file : files) {
      stamps.add(Stamp.of(file));
    }
    return stamps;
  }

  /** Makes the thing. */
  @FunctionalInterface
  interface Loader<T> {
    T load() throws IOException, GeneralSecurityException;
  }

  /**
   * What tells a file from its successor.
   *
   * @param key the file system's own identity of the file, if it has any
   */
  private record Stamp(FileTime modified, long size, @Nullable String key) {

    private static final Stamp MISSING = new Stamp(FileTime.fromMillis(0), -1, null);

    static Stamp of(Path file) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(
            attributes.lastModifiedTime(),
            attributes.size(),
            Objects.toString(attributes.fileKey(), null));
      } catch (IOException e) {
        return MISSING;
      }
    }
  }
}
