package io.otlpevents.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps segments in files. Below the configured directory each running process has a sub-directory
 * of its own, named 0, 1, 2 and so on: the first that nobody has locked. Those that nobody has
 * locked and that hold segments are taken over, too, until they have been delivered.
 */
final class DiskStorage implements Storage {

  private static final int MAX_DIRECTORIES = 1024;

  private static final Logger logger = LoggerFactory.getLogger(Journal.class);

  private final FileLayer files;
  private final DiskSettings settings;
  private final JournalClock clock;
  private final boolean durable;

  /** Our own directory. */
  private StoreDirectory own;

  /** The configured directory, and those above it that were made. */
  private final Set<Path> above = new LinkedHashSet<>();

  private final Recovery recovery = new Recovery();

  /** Where something was found that cannot be read. */
  private final List<StoreDirectory> unreadable = new ArrayList<>();

  /** Those of dead processes, with how many of their segments are not delivered yet. */
  private final Map<StoreDirectory, Integer> adopted = new LinkedHashMap<>();

  /**
   * Takes a sub-directory and the lock on it.
   *
   * @throws JournalDirectoryException if the directory cannot be used
   */
  DiskStorage(FileLayer files, DiskSettings settings, JournalClock clock) {
    this.files = files;
    this.clock = clock;
    this.settings = settings;
    this.durable = settings.fsync() != FsyncPolicy.OS;
    try {
      this.own = claim(false);
    } catch (IOException e) {
      throw JournalDirectoryException.unusable(settings.directory(), e);
    }
  }

  /**
   * @param empty whether it must have no segments, for nobody would read them
   */
  private StoreDirectory claim(boolean empty) throws IOException {
    above.addAll(files.makeDirectory(settings.directory()));
    above.add(settings.directory());
    for (int i = 0; i < MAX_DIRECTORIES; i++) {
      Path directory = settings.directory().resolve(Integer.toString(i));
      files.makeDirectory(directory);
      StoreDirectory store = StoreDirectory.tryOpen(files, directory, clock, List.copyOf(above));
      if (store != null) {
        if (!empty) {
          return store;
        }
        if (store.isEmpty()) {
          store.recover();
          return store;
        }
        close(store);
        continue;
      }
      if (settings.exclusive()) {
        throw JournalDirectoryException.inUse(settings.directory());
      }
    }
    throw new IOException("more than " + MAX_DIRECTORIES + " processes use it");
  }

  @Override
  public List<StoredSegment> recover() throws IOException {
    List<StoredSegment> segments = new ArrayList<>();
    for (Path directory : files.list(settings.directory())) {
      if (directory.getFileName().toString().matches("\\d{1,4}")) {
        adopt(directory, segments);
      }
    }
    segments.addAll(own.recover());
    if (own.lacks(true)) {
      unreadable.add(own);
    }
    recovery.add(own);
    recovery.log(settings.directory());
    return segments;
  }

  /** A directory that cannot be read must not keep the application from starting. */
  private void adopt(Path directory, List<StoredSegment> segments) {
    StoreDirectory store = null;
    try {
      files.makeDirectory(directory);
      store = StoreDirectory.tryOpen(files, directory, clock, List.of());
      if (store == null) {
        return;
      }
      List<StoredSegment> found = store.recover();
      recovery.add(store);
      if (store.lacks(false)) {
        unreadable.add(store);
        if (found.isEmpty()) {
          // Readers of this process count it. Whoever has this directory next must not once more.
          store.settle();
        }
      }
      if (found.isEmpty()) {
        store.close();
      } else {
        adopted.put(store, found.size());
        segments.addAll(found);
      }
    } catch (IOException e) {
      if (store != null) {
        close(store);
      }
      logger.warn("{}, a journal that another process left, cannot be read: {}", directory, e);
    }
  }

  @Override
  public long unreadable(String reader) {
    return unreadable.stream().mapToLong(store -> store.unreadable(reader, store == own)).sum();
  }

  @Override
  public CursorFile cursors() {
    return own.cursors();
  }

  @Override
  public long firstId() {
    return own.nextId();
  }

  @Override
  public long firstSequence() {
    return own.nextSequence();
  }

  @Override
  public Piece allocate(int size) throws IOException {
    return own.create(size, durable);
  }

  @Override
  public boolean isReusable(Piece piece, int size) {
    return piece.buffer().capacity() == size && ((SegmentFile) piece).store == own;
  }

  @Override
  public void discard(Piece piece) throws IOException {
    SegmentFile file = (SegmentFile) piece;
    file.store.delete(file);
    leave(file.store);
  }

  @Override
  public void quarantine(Piece piece) throws IOException {
    SegmentFile file = (SegmentFile) piece;
    file.store.quarantine(file);
    leave(file.store);
  }

  private void leave(StoreDirectory store) {
    Integer left = adopted.computeIfPresent(store, (key, count) -> count - 1);
    if (left != null && left <= 0) {
      adopted.remove(store);
      store.settle();
      close(store);
    }
  }

  @Override
  public boolean isSlow() {
    return true;
  }

  @Override
  public boolean isThere() {
    return own.isThere();
  }

  @Override
  public boolean isThere(Piece piece) {
    SegmentFile file = (SegmentFile) piece;
    return file.store == own && own.isThere(file);
  }

  @Override
  public void reopen() throws IOException {
    if (own.isThere()) {
      return;
    }
    // Before the next is taken, or we would find it taken by ourselves.
    close(own);
    own = claim(true);
  }

  @Override
  public void close() {
    close(own);
    adopted.keySet().forEach(DiskStorage::close);
    adopted.clear();
  }

  private static void close(StoreDirectory store) {
    try {
      store.close();
    } catch (IOException e) {
      logger.warn("A journal's lock could not be released: {}", e);
    }
  }
}
