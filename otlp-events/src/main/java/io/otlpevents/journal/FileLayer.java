package io.otlpevents.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The file system as the journal needs it, so that tests can make it fail. */
interface FileLayer {

  /**
   * Makes a directory that only its owner can read, and those above it, unless it is there.
   *
   * @return those that were made
   * @throws IOException if it is not there afterwards, or is a symbolic link
   */
  List<Path> makeDirectory(Path directory) throws IOException;

  /** The names of what is in a directory. */
  List<Path> list(Path directory) throws IOException;

  /** Whether a file is there. */
  boolean exists(Path file);

  /**
   * What tells a file from any other that has its name before or after; null if it is not there.
   * Must not open it.
   *
   * @throws IOException if that cannot be told now
   */
  @Nullable Object identity(Path file) throws IOException;

  /**
   * Locks a file, which is made if it is missing, against other processes and other users of this
   * one.
   *
   * @return what releases the lock; null if somebody else has it
   */
  @Nullable Closeable tryLock(Path file) throws IOException;

  /**
   * Makes a file of zeros that only its owner can read, truly written so that its room is there,
   * and maps it.
   *
   * @param durable whether the file's existence is forced to the disk
   */
  Piece create(Path file, int size, boolean durable) throws IOException;

  /** Maps a file that is there, as a whole. */
  Piece map(Path file) throws IOException;

  /** Forces to the disk that a file or a directory exists in the one above it. */
  void forceEntry(Path file) throws IOException;

  /** Gives a file another name in the same directory. */
  void rename(Path file, Path to) throws IOException;

  /** Deletes a file if it is there. */
  void delete(Path file) throws IOException;
}
