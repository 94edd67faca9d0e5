package io.otlpevents.journal;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The real file system. */
final class SystemFiles implements FileLayer {

  private static final int CHUNK = 256 * 1024;

  /**
   * Begins the names of system properties that say what this process has locked. POSIX drops all
   * locks of a process on a file when the process closes any descriptor of it, so a locked file
   * must not even be opened again, also not by a copy of this class that another class loader has.
   */
  private static final String LOCKED = "io.otlpevents.locked.";

  /** Files that turned out to be locked under another name; to close them would unlock them. */
  private static final Set<FileChannel> KEPT_OPEN = new HashSet<>();

  @Override
  public List<Path> makeDirectory(Path directory) throws IOException {
    if (Files.isSymbolicLink(directory)) {
      throw new FileSystemException(directory.toString(), null, "is a symbolic link");
    }
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    List<Path> made = new ArrayList<>();
    Path parent = directory.toAbsolutePath().getParent();
    for (Path at = parent; at != null && !Files.exists(at); at = at.getParent()) {
      made.add(at);
    }
    if (parent != null && !made.isEmpty()) {
      Files.createDirectories(parent);
    }
    try {
      Files.createDirectory(directory, ownerOnly(directory, "rwx------"));
    } catch (FileAlreadyExistsException e) {
      // Another process that starts at the same time may have been faster.
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
    made.add(directory);
    return made;
  }

  private static FileAttribute<?>[] ownerOnly(Path path, String permissions) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Override
  public boolean exists(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public @Nullable Object identity(Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Object key = attributes.fileKey();
      // Where files have no number, nobody can remove one that is open.
      return key != null ? key : attributes.creationTime();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public @Nullable Closeable tryLock(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    Path real = (parent == null ? file : parent.toRealPath()).resolve(file.getFileName());
    String name = LOCKED + real;
    if (System.getProperties().putIfAbsent(name, "") != null) {
      return null;
    }
    FileChannel channel = null;
    FileLock lock = null;
    try {
      channel = open(file, StandardOpenOption.CREATE);
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      synchronized (KEPT_OPEN) {
        KEPT_OPEN.add(channel);
      }
      channel = null;
    } finally {
      if (lock == null) {
        if (channel != null) {
          channel.close();
        }
        System.getProperties().remove(name);
      }
    }
    if (lock == null) {
      return null;
    }
    FileChannel locked = lock.channel();
    tellTime(locked);
    return () -> unlock(name, locked);
  }

  /**
   * Those who look from outside can tell by the time of the file what this owner wrote and what one
   * before. It must be written to: to set its time by its name would open it, and drop the lock.
   */
  private static void tellTime(FileChannel channel) {
    try {
      channel.write(ByteBuffer.wrap(new byte[] {'.'}), 0);
    } catch (IOException e) {
      // Then they cannot.
    }
  }

  private static synchronized void unlock(String name, FileChannel channel) throws IOException {
    if (channel.isOpen()) {
      channel.close();
      System.getProperties().remove(name);
    }
  }

  private static FileChannel open(Path file, StandardOpenOption how) throws IOException {
    Set<OpenOption> options = new HashSet<>();
    options.add(how);
    options.add(StandardOpenOption.READ);
    options.add(StandardOpenOption.WRITE);
    options.add(LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(file, options, ownerOnly(file, "rw-------"));
  }

  @Override
  public Piece create(Path file, int size, boolean durable) throws IOException {
    FileChannel opened = open(file, StandardOpenOption.CREATE_NEW);
    boolean whole = false;
    try (FileChannel channel = opened) {
      ByteBuffer zeros = ByteBuffer.allocateDirect(Math.min(size, CHUNK));
      for (int at = 0; at < size; ) {
        zeros.position(0).limit(Math.min(zeros.capacity(), size - at));
        at += channel.write(zeros, at);
      }
      MappedByteBuffer buffer = channel.map(MapMode.READ_WRITE, 0, size);
      if (durable) {
        channel.force(true);
        forceDirectory(file);
      }
      whole = true;
      return new MappedFile(buffer);
    } finally {
      if (!whole) {
        // What could be written takes room that others need.
        Files.deleteIfExists(file);
      }
    }
  }

  private static void forceDirectory(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      return;
    }
    try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
      directory.force(true);
    } catch (AccessDeniedException e) {
      // Not every system lets a directory be opened; there it needs no forcing either.
    }
  }

  @Override
  public Piece map(Path file) throws IOException {
    try (FileChannel channel = open(file, StandardOpenOption.WRITE)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE) {
        throw new IOException(file + " has " + size + " bytes, which is no segment");
      }
      if (size == 0) {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        return () -> nothing;
      }
      return new MappedFile(channel.map(MapMode.READ_WRITE, 0, size));
    }
  }

  @Override
  public void forceEntry(Path file) throws IOException {
    forceDirectory(file);
  }

  @Override
  public void rename(Path file, Path to) throws IOException {
    Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path file) throws IOException {
    Files.deleteIfExists(file);
  }

  private record MappedFile(MappedByteBuffer mapped) implements Piece {

    @Override
    public ByteBuffer buffer() {
      return mapped;
    }

    @Override
    public void force(int from, int length) throws IOException {
      try {
        mapped.force(from, length);
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }
}
