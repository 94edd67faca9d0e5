package io.otlpevents.journal;

import io.otlpevents.journal.CursorFile.Cursor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sub-directory of one writer at a time: its segments, its cursors, and the lock that says that
 * it has an owner. Whoever gets the lock may go on where a dead owner stopped.
 */
final class StoreDirectory {

  static final String LOCK = "lock";
  static final String CURSORS = "cursors";
  static final String SEGMENT = ".segment";
  static final String DAMAGED = ".damaged";

  /** Damaged segments that are kept for people to look at; more are deleted. */
  private static final int MAX_QUARANTINED = 16;

  private static final Logger logger = LoggerFactory.getLogger(Journal.class);

  private final FileLayer files;
  private final Path directory;
  private final JournalClock clock;
  private final Closeable lock;
  private final CursorFile cursors;
  private long nextName;
  private long nextId;
  private long nextSequence;
  private long unreadable;

  private StoreDirectory(FileLayer files, Path directory, JournalClock clock, Closeable lock)
      throws IOException {
    this.files = files;
    this.clock = clock;
    this.directory = directory;
    this.lock = lock;
    this.cursors = new CursorFile(cursorPiece());
  }

  /** Takes a directory over; null if somebody else has it. */
  static @Nullable StoreDirectory tryOpen(FileLayer files, Path directory, JournalClock clock)
      throws IOException {
    Closeable lock = files.tryLock(directory.resolve(LOCK));
    if (lock == null) {
      return null;
    }
    boolean opened = false;
    try {
      StoreDirectory store = new StoreDirectory(files, directory, clock, lock);
      opened = true;
      return store;
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  private Piece cursorPiece() throws IOException {
    Path file = directory.resolve(CURSORS);
    if (files.exists(file)) {
      try {
        Piece piece = files.map(file);
        if (piece.buffer().capacity() == CursorFile.SIZE) {
          return piece;
        }
      } catch (IOException e) {
        logger.warn("The cursors in {} cannot be read: {}", file, e);
      }
      // Everything that is still here is sent again.
      files.delete(file);
    }
    return files.create(file, CursorFile.SIZE, false);
  }

  CursorFile cursors() {
    return cursors;
  }

  /** An id that no segment here has had. */
  long nextId() {
    return nextId;
  }

  /** How many frames there have been here. */
  long nextSequence() {
    return nextSequence;
  }

  /** How many records could not be read because nothing is known about their segment. */
  long unreadable() {
    return unreadable;
  }

  Piece create(int size, boolean durable) throws IOException {
    while (true) {
      Path file = directory.resolve(nextName++ + SEGMENT);
      if (!files.exists(file)) {
        return new SegmentFile(this, file, files.create(file, size, durable));
      }
    }
  }

  boolean isThere(SegmentFile file) {
    return files.exists(file.path);
  }

  void delete(SegmentFile file) throws IOException {
    files.delete(file.path);
  }

  void quarantine(SegmentFile file) throws IOException {
    quarantine(file.path);
  }

  private void quarantine(Path file) throws IOException {
    List<Path> kept =
        files.list(directory).stream().filter(path -> path.toString().endsWith(DAMAGED)).toList();
    if (kept.size() >= MAX_QUARANTINED) {
      files.delete(file);
      return;
    }
    Path to = directory.resolve(file.getFileName() + "." + System.nanoTime() + DAMAGED);
    files.rename(file, to);
    logger.warn("A damaged part of the journal was set aside: {}", to);
  }

  void close() throws IOException {
    lock.close();
  }

  /** What is here, oldest first. */
  List<StoredSegment> recover() throws IOException {
    List<Found> found = new ArrayList<>();
    for (Path file : files.list(directory)) {
      if (file.toString().endsWith(SEGMENT)) {
        nextName = Math.max(nextName, numberOf(file) + 1);
        Found segment = open(file);
        if (segment != null) {
          found.add(segment);
        }
      }
    }
    found.sort(Comparator.comparingLong(segment -> segment.header.id()));
    Map<String, Cursor> all = cursors.readAll();
    for (Cursor cursor : all.values()) {
      nextId = Math.max(nextId, cursor.segmentId() + 1);
      nextSequence = Math.max(nextSequence, cursor.sequence());
    }
    List<StoredSegment> segments = new ArrayList<>();
    FrameScan scan = new FrameScan();
    long sequence = -1;
    long gaps = 0;
    for (Found segment : found) {
      nextId = Math.max(nextId, segment.header.id() + 1);
      StoredSegment stored = segment.seal(scan, sequence, all, clock.millis());
      if (sequence >= 0) {
        gaps += Math.max(0, stored.sequence() - sequence);
      }
      sequence = stored.sequence() + stored.frames();
      nextSequence = Math.max(nextSequence, sequence);
      if (stored.frames() == 0) {
        // It was prepared and never used.
        files.delete(((SegmentFile) stored.piece()).path);
      } else {
        segments.add(stored);
      }
    }
    // Those that are missing between two others are counted by whoever reads across.
    unreadable = Math.max(0, unreadable - gaps);
    return segments;
  }

  private static long numberOf(Path file) {
    String name = file.getFileName().toString();
    try {
      return Long.parseLong(name.substring(0, name.length() - SEGMENT.length()));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Maps a file; null if it is none of ours, or nothing is known about it any more. */
  private @Nullable Found open(Path file) throws IOException {
    Piece piece;
    try {
      piece = files.map(file);
    } catch (IOException e) {
      logger.warn("{} cannot be read: {}", file, e);
      unreadable++;
      quarantine(file);
      return null;
    }
    ByteBuffer buffer = piece.buffer().order(ByteOrder.LITTLE_ENDIAN);
    SegmentHeader header = SegmentHeader.read(buffer);
    if (header != null) {
      return new Found(new SegmentFile(this, file, piece), header);
    }
    int frames = FrameScan.countUnverified(buffer);
    if (frames == 0 && FrameScan.isBlank(buffer)) {
      // Its process died while making it.
      files.delete(file);
      return null;
    }
    unreadable += Math.max(1, frames);
    quarantine(file);
    return null;
  }

  private record Found(SegmentFile file, SegmentHeader header) {

    StoredSegment seal(
        FrameScan scan, long previousEnd, Map<String, Cursor> cursors, long nowMillis) {
      ByteBuffer buffer = file.buffer();
      int dataStart = header.length() + Segment.SEAL;
      int end = Math.min(header.size() - header.length(), buffer.capacity() & ~7);
      long age = Math.max(0, nowMillis - header.createdMillis());
      if (dataStart <= buffer.capacity()) {
        int at = dataStart - Segment.SEAL;
        long sequence = buffer.getLong(at);
        int frames = buffer.getInt(at + 8);
        if (frames >= 0
            && sequence >= 0
            && buffer.getInt(at + 12) == Segment.sealChecksum(header.seed(), sequence, frames)) {
          return new StoredSegment(file, header, end, frames, sequence, age);
        }
      }
      int frames = scan.count(buffer, header.seed(), dataStart, end);
      long sequence = previousEnd >= 0 ? previousEnd : sequenceBy(cursors, scan, end);
      if (dataStart <= buffer.capacity()) {
        Segment.writeSeal(buffer, dataStart, header.seed(), sequence, frames);
      }
      return new StoredSegment(file, header, end, frames, sequence, age);
    }

    /**
     * The first frame's sequence, when no segment before tells, by a cursor that points in here.
     */
    private long sequenceBy(Map<String, Cursor> cursors, FrameScan scan, int end) {
      long sequence = 0;
      for (Cursor cursor : cursors.values()) {
        if (cursor.segmentId() == header.id()) {
          int start = header.length() + Segment.SEAL;
          int index =
              scan.count(file.buffer(), header.seed(), start, Math.min(cursor.offset(), end));
          return Math.max(0, cursor.sequence() - index);
        }
        if (cursor.segmentId() < header.id()) {
          sequence = Math.max(sequence, cursor.sequence());
        }
      }
      return sequence;
    }
  }
}
