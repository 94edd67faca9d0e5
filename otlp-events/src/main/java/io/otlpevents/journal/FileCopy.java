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

  private FileCopy() {}

  /**
   * A file's bytes, in little-endian order; null if it is not there any more.
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
      ByteBuffer copy = ByteBuffer.allocate((int) size);
      while (copy.hasRemaining() && channel.read(copy) >= 0) {
        // Until the end, which may have come nearer.
      }
      copy.flip();
      return copy.slice().order(ByteOrder.LITTLE_ENDIAN);
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
