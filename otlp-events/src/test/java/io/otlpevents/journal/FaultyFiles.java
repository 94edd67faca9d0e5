package io.otlpevents.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One process's view of a {@link FakeDisk}: its operations can fail, and the process can die. */
final class FaultyFiles implements FileLayer {

  enum Operation {
    MAKE_DIRECTORY,
    LIST,
    LOCK,
    CREATE,
    MAP,
    RENAME,
    DELETE,
    FORCE
  }

  /** What everything throws once the process is dead. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed() {
      super("killed", null, false, false);
    }
  }

  final FakeDisk disk;
  private final Map<Operation, Integer> failing = new EnumMap<>(Operation.class);
  boolean dead;
  boolean failed;
  private int operationsToLive = -1;
  private boolean diesAfter;

  FaultyFiles(FakeDisk disk) {
    this.disk = disk;
  }

  /** The next operations of this kind fail. */
  synchronized void fail(Operation operation, int times) {
    failing.merge(operation, times, Integer::sum);
  }

  synchronized void heal() {
    failing.clear();
    operationsToLive = -1;
  }

  /** The process dies before or after the effect of an operation to come. */
  synchronized void dieIn(int operations, boolean after) {
    operationsToLive = operations;
    diesAfter = after;
  }

  void die() {
    dead = true;
    disk.locks.values().removeIf(owner -> owner == this);
  }

  private interface Effect<T> {
    T run() throws IOException;
  }

  private synchronized <T> T perform(Operation operation, Effect<T> effect) throws IOException {
    if (dead) {
      throw new Killed();
    }
    boolean dies = operationsToLive >= 0 && operationsToLive-- == 0;
    if (dies && !diesAfter) {
      die();
      throw new Killed();
    }
    Integer times = failing.get(operation);
    if (times != null && times > 0) {
      failing.put(operation, times - 1);
      failed = true;
      throw new IOException("injected: " + operation);
    }
    T result = effect.run();
    if (dies) {
      die();
      throw new Killed();
    }
    return result;
  }

  @Override
  public List<Path> makeDirectory(Path directory) throws IOException {
    return perform(
        Operation.MAKE_DIRECTORY,
        () -> disk.directories.add(directory) ? List.of(directory) : List.of());
  }

  @Override
  public void forceEntry(Path file) throws IOException {
    perform(
        Operation.FORCE,
        () -> {
          disk.syncDirectory(file.getParent());
          return null;
        });
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    return perform(
        Operation.LIST,
        () -> {
          List<Path> found =
              java.util.stream.Stream.concat(
                      disk.files.keySet().stream(), disk.directories.stream())
                  .filter(path -> directory.equals(path.getParent()))
                  .sorted()
                  .toList();
          return found;
        });
  }

  @Override
  public synchronized boolean exists(Path file) {
    if (dead) {
      throw new Killed();
    }
    return disk.files.containsKey(file);
  }

  @Override
  public synchronized Object identity(Path file) {
    if (dead) {
      throw new Killed();
    }
    return disk.files.get(file);
  }

  @Override
  public Closeable tryLock(Path file) throws IOException {
    return perform(
        Operation.LOCK,
        () -> {
          requireParent(file);
          if (disk.locks.containsKey(file)) {
            return null;
          }
          if (!disk.files.containsKey(file)) {
            disk.add(file, 0);
          }
          FakeDisk.Node node = disk.files.get(file);
          disk.locks.put(file, this);
          return () -> {
            if (disk.files.get(file) == node) {
              disk.locks.remove(file, this);
            }
          };
        });
  }

  private void requireParent(Path file) throws IOException {
    if (!disk.directories.contains(file.getParent())) {
      throw new java.nio.file.NoSuchFileException(file.toString());
    }
  }

  @Override
  public Piece create(Path file, int size, boolean durable) throws IOException {
    return perform(
        Operation.CREATE,
        () -> {
          requireParent(file);
          if (disk.files.containsKey(file)) {
            throw new java.nio.file.FileAlreadyExistsException(file.toString());
          }
          if (disk.used() + size > disk.capacity) {
            failed = true;
            throw new IOException("No space left on device");
          }
          FakeDisk.Node node = disk.add(file, size);
          if (durable) {
            disk.syncDirectory(file.getParent());
          }
          return new Mapped(node);
        });
  }

  @Override
  public Piece map(Path file) throws IOException {
    return perform(
        Operation.MAP,
        () -> {
          FakeDisk.Node node = disk.files.get(file);
          if (node == null) {
            throw new java.nio.file.NoSuchFileException(file.toString());
          }
          return new Mapped(node);
        });
  }

  @Override
  public void rename(Path file, Path to) throws IOException {
    perform(
        Operation.RENAME,
        () -> {
          FakeDisk.Node node = disk.files.remove(file);
          if (node == null) {
            throw new java.nio.file.NoSuchFileException(file.toString());
          }
          return disk.files.put(to, node);
        });
  }

  @Override
  public void delete(Path file) throws IOException {
    perform(
        Operation.DELETE,
        () -> {
          FakeDisk.Node node = disk.files.remove(file);
          if (node != null) {
            disk.ghosts.put(file, node);
          }
          return node;
        });
  }

  private final class Mapped implements Piece {

    private final FakeDisk.Node node;
    private final ByteBuffer buffer;

    Mapped(FakeDisk.Node node) {
      this.node = node;
      this.buffer = node.buffer;
    }

    @Override
    public ByteBuffer buffer() {
      return buffer;
    }

    @Override
    public void force(int from, int length) throws IOException {
      perform(
          Operation.FORCE,
          () -> {
            // What is in the file, not that it exists.
            node.sync(from, from + length);
            return null;
          });
    }
  }
}
