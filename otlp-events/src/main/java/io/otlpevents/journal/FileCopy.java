package io.otlpevents.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Copies files of a journal that may be in use. Never maps them: a mapped file that somebody cuts
 * short meanwhile would end the process that looks at it.
 */
final class FileCopy {

  /** Magic, id and seed of a segment: they change before anything else in it is used anew. */
  private static final int HEAD = 32;

  private static final int MAX_COPIES = 100;

  private FileCopy() {}

  /**
   * A file's bytes, in little-endian order; null if it is not there any more. A segment's bytes are
   * all of one life of it: one that was used anew meanwhile is copied again.
   *
   * @throws IOException if it cannot be read, or is no ordinary file
   */
  static @Nullable ByteBuffer of(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      // To open a pipe would wait for somebody to write to it.
      throw new FileSystemException(file.toString(), null, "is no ordinary file");
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE - 8) {
        throw new FileSystemException(file.toString(), null, "has " + size + " bytes");
      }
      return of(file, (int) size, channel::read);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Where a file's bytes come from, as of {@link FileChannel#read(ByteBuffer, long)}. */
  @FunctionalInterface
  interface Source {

    /** Reads some bytes from a position on; returns how many, or -1 at the end. */
    int read(ByteBuffer into, long position) throws IOException;
  }

  static ByteBuffer of(Path file, int size, Source source) throws IOException {
    ByteBuffer copy = ByteBuffer.allocate(size);
    ByteBuffer head = ByteBuffer.allocate(HEAD);
    for (int i = 0; i < MAX_COPIES; i++) {
      fill(copy, source);
      fill(head, source);
      if (copy.slice(0, Math.min(HEAD, copy.limit())).equals(head)) {
        return copy.slice().order(ByteOrder.LITTLE_ENDIAN);
      }
    }
    throw new FileSystemException(file.toString(), null, "changes faster than it can be read");
  }

  /** Reads from the beginning, until the buffer is full or at the end, which may come nearer. */
  private static void fill(ByteBuffer buffer, Source source) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining() && source.read(buffer, buffer.position()) >= 0) {
      // More may follow.
    }
    buffer.flip();
  }
}
