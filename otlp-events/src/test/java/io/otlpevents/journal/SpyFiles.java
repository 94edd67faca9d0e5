package io.otlpevents.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The real file system; remembers what is forced to the disk, and can hold that up or fail. */
final class SpyFiles implements FileLayer {

  interface Force {
    void force() throws IOException;
  }

  /** A part of a file that was forced. */
  record Forced(Path file, int from, int to) {}

  final List<Forced> forced = new CopyOnWriteArrayList<>();
  final Set<Path> entries = ConcurrentHashMap.newKeySet();
  volatile Force before = () -> {};
  private final SystemFiles files = new SystemFiles();

  @Override
  public List<Path> makeDirectory(Path directory) throws IOException {
    return files.makeDirectory(directory);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    return files.list(directory);
  }

  @Override
  public boolean exists(Path file) {
    return files.exists(file);
  }

  @Override
  public @Nullable Object identity(Path file) throws IOException {
    return files.identity(file);
  }

  @Override
  public @Nullable Closeable tryLock(Path file) throws IOException {
    return files.tryLock(file);
  }

  @Override
  public Piece create(Path file, int size, boolean durable) throws IOException {
    return spied(file, files.create(file, size, durable));
  }

  @Override
  public Piece map(Path file) throws IOException {
    return spied(file, files.map(file));
  }

  @Override
  public void forceEntry(Path file) throws IOException {
    files.forceEntry(file);
    entries.add(file);
  }

  @Override
  public void rename(Path file, Path to) throws IOException {
    files.rename(file, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    files.delete(file);
  }

  private Piece spied(Path file, Piece piece) {
    return new Piece() {
      @Override
      public ByteBuffer buffer() {
        return piece.buffer();
      }

      @Override
      public void force(int from, int length) throws IOException {
        before.force();
        piece.force(from, length);
        forced.add(new Forced(file, from, from + length));
      }
    };
  }
}
