package io.otlpevents.journal;

import io.otlpevents.journal.CursorFile.Cursor;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
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

  /** More than can be written; a damaged number must not overflow. */
  private static final long MAX_SEQUENCE = Long.MAX_VALUE / 4;

  private static final Logger logger = LoggerFactory.getLogger(Journal.class);

  private final FileLayer files;
  private final Path directory;
  private final JournalClock clock;
  private final Closeable lock;

  /** Directories above whose existence is not known to be on the device. */
  private final List<Path> above;

  /** Of the file that is locked. Others may make the directory anew after somebody removed it. */
  private final @Nullable Object identity;

  private final CursorFile cursors;
  private long nextName;
  private long nextId;
  private long nextSequence;
  private long unreadable;

  /** Of the first segment that is here; -1 if there is none. */
  private long firstSequence = -1;

  /** How many events were found here that a destination has not acknowledged. */
  private long waiting;

  /** How many bytes their segments take. */
  private long waitingBytes;

  /** How many files were set aside at start. */
  private int setAside;

  /** The cursors that were here. */
  private Map<String, Cursor> found = Map.of();

  private volatile boolean closed;

  /** Whether it is on the device that this directory exists. */
  private volatile boolean entriesForced;

  private StoreDirectory(
      FileLayer files, Path directory, JournalClock clock, Closeable lock, List<Path> above)
      throws IOException {
    this.files = files;
    this.clock = clock;
    this.directory = directory;
    this.lock = lock;
    this.above = above;
    this.identity = files.identity(directory.resolve(LOCK));
    this.cursors = new CursorFile(cursorPiece());
  }

  /**
   * Takes a directory over; null if somebody else has it.
   *
   * @param above directories above it that may not be on the device yet
   */
  static @Nullable StoreDirectory tryOpen(
      FileLayer files, Path directory, JournalClock clock, List<Path> above) throws IOException {
    Closeable lock = files.tryLock(directory.resolve(LOCK));
    if (lock == null) {
      return null;
    }
    boolean opened = false;
    try {
      StoreDirectory store = new StoreDirectory(files, directory, clock, lock, above);
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
    try {
      if (files.exists(file)) {
        Piece piece = readCursors(file);
        if (piece != null) {
          return piece;
        }
        // Everything that is still here is sent again.
        files.delete(file);
      }
      return files.create(file, CursorFile.SIZE, false);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      // On a full disk, for example. The next process sends again what this one delivered.
      logger.warn("The cursors in {} are kept in memory only: {}", file, e);
      ByteBuffer memory = ByteBuffer.allocateDirect(CursorFile.SIZE);
      return () -> memory;
    }
  }

  private @Nullable Piece readCursors(Path file) {
    try {
      Piece piece = files.map(file);
      return piece.buffer().capacity() == CursorFile.SIZE ? piece : null;
    } catch (IOException e) {
      logger.warn("The cursors in {} cannot be read: {}", file, e);
      return null;
    }
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

  /**
   * Whether records are lost that nobody finds missing by reading.
   *
   * @param goesOn whether segments are made here that follow those that were
   */
  boolean lacks(boolean goesOn) {
    return unreadable > 0
        || firstSequence < 0 && !goesOn && found.keySet().stream().anyMatch(this::isBehind);
  }

  private boolean isBehind(String reader) {
    Cursor cursor = found.get(reader);
    return cursor != null && (cursor.sequence() < nextSequence || cursor.onTheWay() > 0);
  }

  /**
   * How many records are lost to a reader, without what it will find missing by reading: those of
   * segments of which nothing is known, and all that were here where no segment is left.
   *
   * @param goesOn whether segments are made here that follow those that were
   */
  long unreadable(String reader, boolean goesOn) {
    Cursor cursor = found.get(reader);
    if (cursor == null) {
      return unreadable;
    }
    if (firstSequence < 0 && !goesOn) {
      return Math.max(unreadable, nextSequence - cursor.sequence())
          + Math.max(0, cursor.onTheWay());
    }
    long first = firstSequence >= 0 ? firstSequence : nextSequence;
    return Math.max(0, unreadable - Math.max(0, first - cursor.sequence()));
  }

  /** How many events were found that at least one destination has not acknowledged. */
  long waiting() {
    return waiting;
  }

  /** How many bytes the segments of those events take. */
  long waitingBytes() {
    return waitingBytes;
  }

  /** How many files of which nothing is known were set aside at start. */
  int setAside() {
    return setAside;
  }

  /** After the last segment that was found here has gone: nobody is to miss it. */
  void settle() {
    for (String reader : cursors.readAll().keySet()) {
      cursors.save(reader, new Cursor(nextId, nextSequence, 0, 0));
    }
  }

  boolean isEmpty() throws IOException {
    return files.list(directory).stream().noneMatch(file -> file.toString().endsWith(SEGMENT));
  }

  /** Whether it is still ours: whether the file that we have locked is still there. */
  boolean isThere() {
    if (closed) {
      // The number of a file that nobody holds open may be another file's by now.
      return false;
    }
    try {
      return identity != null && identity.equals(files.identity(directory.resolve(LOCK)));
    } catch (IOException e) {
      // Not a sign that it has gone. Whatever needs it fails by itself.
      return files.exists(directory.resolve(LOCK));
    }
  }

  private void requireOurs() throws IOException {
    if (!isThere()) {
      throw new NoSuchFileException(directory.toString(), null, "has been removed");
    }
  }

  Piece create(int size, boolean durable) throws IOException {
    while (true) {
      Path file = directory.resolve(nextName++ + SEGMENT);
      if (!files.exists(file)) {
        requireOurs();
        if (durable) {
          forceEntries();
        }
        Piece piece = files.create(file, size, durable);
        if (!isThere()) {
          // Made in a directory of somebody else, whose successors would take it for theirs.
          files.delete(file);
          requireOurs();
        }
        return new SegmentFile(this, file, piece);
      }
    }
  }

  boolean isThere(SegmentFile file) {
    return !closed && files.exists(file.path);
  }

  void forceEntry(SegmentFile file) throws IOException {
    forceEntries();
    files.forceEntry(file.path);
  }

  /** A file is found after a power cut only if each directory on the way to it is. */
  private void forceEntries() throws IOException {
    if (!entriesForced) {
      files.forceEntry(directory);
      for (Path path : above) {
        files.forceEntry(path);
      }
      entriesForced = true;
    }
  }

  /** Deletes it, unless it has gone with the directory: others may have files of its name. */
  void delete(SegmentFile file) throws IOException {
    if (isThere()) {
      files.delete(file.path);
    }
  }

  void quarantine(SegmentFile file) throws IOException {
    if (isThere()) {
      quarantine(file.path);
    }
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
    closed = true;
    cursors.close();
    lock.close();
  }

  /** What is here, oldest first. */
  List<StoredSegment> recover() throws IOException {
    List<Found> opened = new ArrayList<>();
    for (Path file : files.list(directory)) {
      if (file.toString().endsWith(SEGMENT)) {
        nextName = Math.max(nextName, numberOf(file) + 1);
        Found segment = open(file);
        if (segment != null) {
          opened.add(segment);
        }
      }
    }
    opened.sort(Comparator.comparingLong(segment -> segment.header.id()));
    found = cursors.readAll();
    for (Cursor cursor : found.values()) {
      nextId = Math.max(nextId, cursor.segmentId() + 1);
      nextSequence = Math.max(nextSequence, cursor.sequence());
    }
    long acknowledged = found.values().stream().mapToLong(Cursor::sequence).min().orElse(0);
    List<StoredSegment> segments = new ArrayList<>();
    FrameScan scan = new FrameScan();
    long sequence = -1;
    long gaps = 0;
    for (int i = 0; i < opened.size(); i++) {
      Found segment = opened.get(i);
      Found next = i + 1 < opened.size() ? opened.get(i + 1) : null;
      nextId = Math.max(nextId, segment.header.id() + 1);
      StoredSegment stored = segment.seal(scan, sequence, found, next, clock.millis());
      if (sequence >= 0) {
        gaps += Math.max(0, stored.sequence() - sequence);
      }
      sequence = stored.sequence() + stored.frames();
      nextSequence = Math.max(nextSequence, sequence);
      if (stored.frames() == 0) {
        // It was prepared and never used.
        remove(((SegmentFile) stored.piece()).path);
      } else {
        firstSequence = firstSequence < 0 ? stored.sequence() : firstSequence;
        segments.add(stored);
        long left = Math.min(stored.frames(), sequence - acknowledged);
        waiting += Math.max(0, left);
        waitingBytes += left > 0 ? stored.piece().buffer().capacity() : 0;
      }
    }
    // Those that are missing between two others are counted by whoever reads across.
    unreadable = Math.max(0, unreadable - gaps);
    return segments;
  }

  /** A file that cannot be removed now is in nobody's way. */
  private void remove(Path file) {
    try {
      files.delete(file);
    } catch (IOException e) {
      logger.warn("{} cannot be removed: {}", file, e);
    }
  }

  private void setAside(Path file) {
    setAside++;
    try {
      quarantine(file);
    } catch (IOException e) {
      logger.warn("{} cannot be set aside: {}", file, e);
    }
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
  private @Nullable Found open(Path file) {
    Piece piece;
    try {
      piece = files.map(file);
    } catch (IOException e) {
      logger.warn("{} cannot be read: {}", file, e);
      unreadable++;
      setAside(file);
      return null;
    }
    ByteBuffer buffer = piece.buffer().order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.capacity() >= 8 && buffer.getLong(0) == SegmentHeader.CLEANING) {
      // Every destination had passed it, or nothing was in it yet.
      remove(file);
      return null;
    }
    SegmentHeader header = SegmentHeader.read(buffer);
    if (header != null) {
      return new Found(new SegmentFile(this, file, piece), header);
    }
    int frames = FrameScan.countUnverified(buffer);
    if (frames == 0 && FrameScan.isBlank(buffer)) {
      // Its process died while making it.
      remove(file);
      return null;
    }
    unreadable += Math.max(1, frames);
    setAside(file);
    return null;
  }

  private record Found(SegmentFile file, SegmentHeader header) {

    private int dataStart() {
      return header.length() + Segment.SEAL;
    }

    private int end() {
      return Math.min(header.size() - header.length(), file.buffer().capacity() & ~7);
    }

    /** The number of frames and the first one's sequence; null without an intact seal. */
    private @Nullable Seal seal() {
      ByteBuffer buffer = file.buffer();
      if (dataStart() > buffer.capacity()) {
        return null;
      }
      int at = dataStart() - Segment.SEAL;
      long sequence = buffer.getLong(at);
      int frames = buffer.getInt(at + 8);
      boolean intact =
          frames >= 0
              && frames <= header.size() / Segment.FRAME_HEADER
              && sequence >= 0
              && sequence <= MAX_SEQUENCE
              && buffer.getInt(at + 12) == Segment.sealChecksum(header.seed(), sequence, frames);
      return intact ? new Seal(sequence, frames) : null;
    }

    /**
     * Finds out what is in it, and writes that down where it is not.
     *
     * @param previousEnd the sequence that follows the segment before; -1 if there is none
     * @param next the segment behind
     */
    StoredSegment seal(
        FrameScan scan,
        long previousEnd,
        Map<String, Cursor> cursors,
        @Nullable Found next,
        long nowMillis) {
      ByteBuffer buffer = file.buffer();
      long age = Math.max(0, nowMillis - header.createdMillis());
      Seal seal = seal();
      if (seal == null) {
        scan.begin(buffer);
        boolean cut = buffer.capacity() < header.size();
        int frames = scan.count(buffer, header.seed(), dataStart(), end(), cut);
        long sequence = sequence(scan, previousEnd, cursors, next, frames);
        frames = cut ? withWhatWasCut(frames, sequence, cursors) : frames;
        seal = new Seal(sequence, frames);
        if (dataStart() <= buffer.capacity()) {
          Segment.writeSeal(buffer, dataStart(), header.seed(), seal.sequence, frames);
        }
      }
      return new StoredSegment(file, header, end(), seal.frames, seal.sequence, age);
    }

    /** What is cut off is at least one frame, for readers that had come beyond the cut as well. */
    private int withWhatWasCut(int frames, long sequence, Map<String, Cursor> cursors) {
      long most = frames;
      for (Cursor cursor : cursors.values()) {
        if (cursor.segmentId() == header.id()) {
          most = Math.max(most, cursor.sequence() - sequence + 1);
        }
      }
      return (int) Math.min(most, header.size() / Segment.FRAME_HEADER);
    }

    private long sequence(
        FrameScan scan,
        long previousEnd,
        Map<String, Cursor> cursors,
        @Nullable Found next,
        int frames) {
      long sequence = previousEnd;
      for (Cursor cursor : cursors.values()) {
        if (cursor.segmentId() == header.id()) {
          return Math.max(0, cursor.sequence() - indexOf(cursor, scan));
        }
        if (cursor.segmentId() < header.id()) {
          sequence = Math.max(sequence, cursor.sequence());
        }
      }
      if (sequence < 0 && next != null && next.header.id() == header.id() + 1) {
        Seal behind = next.seal();
        sequence = behind == null ? 0 : behind.sequence - frames;
      }
      return Math.max(0, sequence);
    }

    private int indexOf(Cursor cursor, FrameScan scan) {
      ByteBuffer buffer = file.buffer();
      int index = scan.indexAt(buffer, header.seed(), cursor.offset(), end());
      return index >= 0
          ? index
          : scan.count(buffer, header.seed(), dataStart(), Math.min(cursor.offset(), end()), false);
    }
  }

  private record Seal(long sequence, int frames) {}
}
