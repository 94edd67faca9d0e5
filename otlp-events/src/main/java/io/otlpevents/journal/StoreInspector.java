package io.otlpevents.journal;

import io.otlpevents.journal.CursorFile.Cursor;
import io.otlpevents.journal.InspectedSegment.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one sub-directory of a journal. It may change meanwhile: whatever looks damaged or
 * missing is read again, and only believed when two readings in a row agree. For one thread.
 *
 * <p>Files are read one after the other while the owner goes on, so a reading may lack a segment
 * that was there all the time the owner needed it:
 *
 * <ul>
 *   <li>one that was made after its file had been read. Each later reading judges only up to the
 *       newest segment that the reading before has seen, for all those were made before it began;
 *   <li>one that was released before its file was read. Then every cursor that is read afterwards
 *       has passed it; and the segment before it has gone, too, for owners use the oldest first.
 * </ul>
 */
public final class StoreInspector {

  private static final int MAX_READINGS = 6;

  private final Path directory;
  private final Copies copies;
  private final int maxReadings;

  StoreInspector(Path directory) {
    this(directory, FileCopy::of, MAX_READINGS);
  }

  StoreInspector(Path directory, Copies copies, int maxReadings) {
    this.directory = directory;
    this.copies = copies;
    this.maxReadings = maxReadings;
  }

  /** Makes copies of files. */
  @FunctionalInterface
  interface Copies {

    /** See {@link FileCopy#of}. */
    @Nullable ByteBuffer of(Path file) throws IOException;
  }

  /** The sub-directory. */
  public Path directory() {
    return directory;
  }

  /** Reads everything that is there. What cannot be read is told in the result. */
  public InspectedStore read() {
    InspectedStore reading = readOnce(Long.MAX_VALUE);
    for (int i = 1; i < maxReadings && !reading.isClean(); i++) {
      InspectedStore again = readOnce(newest(reading));
      boolean same = isSame(reading, again);
      reading = again;
      if (same) {
        return reading;
      }
    }
    return reading.isClean() ? reading : unsettled(reading);
  }

  private static long newest(InspectedStore store) {
    return store.segments().stream().mapToLong(InspectedSegment::id).max().orElse(-1);
  }

  private static boolean isSame(InspectedStore one, InspectedStore other) {
    return one.damaged() == other.damaged()
        && one.torn() == other.torn()
        && one.missing() == other.missing()
        && one.lacking() == other.lacking()
        && one.problems().equals(other.problems())
        && damagedFiles(one).equals(damagedFiles(other));
  }

  private static List<String> damagedFiles(InspectedStore store) {
    return store.segments().stream()
        .filter(InspectedSegment::isDamaged)
        .map(segment -> segment.file() + " " + segment.id() + " " + segment.damaged())
        .toList();
  }

  private static InspectedStore unsettled(InspectedStore store) {
    return new InspectedStore(
        store.directory(),
        store.owner(),
        store.segments(),
        store.cursors(),
        store.oldest(),
        store.missing(),
        store.setAside(),
        store.problems(),
        false);
  }

  /**
   * @param newest the id of a segment that was there before: those behind it are not missed, nor is
   *     anything for their sake
   */
  private InspectedStore readOnce(long newest) {
    List<String> problems = new ArrayList<>();
    StoreOwner owner = StoreOwner.of(directory);
    // What waits is told by the cursors of before. Whether anything is missing is told by those of
    // after: a segment that goes while we read is one that they have passed.
    Map<String, Cursor> before = cursors(problems);
    Map<String, Waiting> waiting = new TreeMap<>();
    before.forEach((name, cursor) -> waiting.put(name, new Waiting(cursor)));
    Waiting all = new Waiting(new Cursor(-1, 0, 0, 0));
    List<InspectedSegment> found = new ArrayList<>();
    List<Path> setAside = new ArrayList<>();
    try {
      for (Path file : JournalInspection.list(directory)) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(StoreDirectory.DAMAGED)) {
          setAside.add(file);
        } else if (name.endsWith(StoreDirectory.SEGMENT)) {
          InspectedSegment segment = readSegment(file, waiting, all);
          if (segment != null) {
            found.add(segment);
          }
        }
      }
    } catch (NoSuchFileException e) {
      problems.add(directory + " has gone");
    } catch (IOException e) {
      problems.add(directory + " cannot be listed: " + e);
    }
    Map<String, Cursor> after = cursors(new ArrayList<>());
    found.sort(
        Comparator.comparing((InspectedSegment segment) -> !segment.hasHeader())
            .thenComparingLong(InspectedSegment::id));
    List<InspectedSegment> segments = withSequences(found);
    List<InspectedSegment> judged =
        segments.stream().filter(segment -> segment.hasHeader() && segment.id() <= newest).toList();
    return new InspectedStore(
        directory,
        owner,
        segments,
        told(waiting, after, segments, newest),
        all.oldest,
        missing(judged, owner.mayBeAlive(), after.values()),
        setAside,
        List.copyOf(problems),
        true);
  }

  private Map<String, Cursor> cursors(List<String> problems) {
    Path file = directory.resolve(StoreDirectory.CURSORS);
    try {
      ByteBuffer bytes = copies.of(file);
      if (bytes == null) {
        return Map.of();
      }
      if (bytes.capacity() != CursorFile.SIZE) {
        problems.add(file + " has " + bytes.capacity() + " bytes instead of " + CursorFile.SIZE);
        return Map.of();
      }
      return new CursorFile(() -> bytes).readAll();
    } catch (IOException e) {
      problems.add(file + " cannot be read: " + e);
      return Map.of();
    }
  }

  /** Null if the file has gone. */
  private @Nullable InspectedSegment readSegment(
      Path file, Map<String, Waiting> waiting, Waiting all) {
    ByteBuffer bytes;
    try {
      bytes = copies.of(file);
    } catch (IOException e) {
      return InspectedSegment.without(file, 0, State.UNREADABLE, 1, "cannot be read: " + e);
    }
    if (bytes == null) {
      return null;
    }
    int size = bytes.capacity();
    if (size >= 8 && bytes.getLong(0) == SegmentHeader.CLEANING) {
      return InspectedSegment.without(file, size, State.CLEANING, 0, null);
    }
    SegmentHeader header = SegmentHeader.read(bytes);
    if (header == null) {
      return unreadable(file, bytes);
    }
    SegmentWalk walk = new SegmentWalk(bytes, header);
    List<Waiting> interested =
        waiting.values().stream().filter(one -> one.cursor.segmentId() <= header.id()).toList();
    walk.walk(
        (from, offset, length) -> {
          all.add(header.id(), from, offset, length);
          interested.forEach(one -> one.meet(header.id(), from, offset, length));
        });
    long sequence = walk.sealedSequence;
    for (Waiting one : interested) {
      if (sequence < 0 && one.cursor.segmentId() == header.id()) {
        sequence = one.firstSequence();
      }
    }
    return new InspectedSegment(
        file,
        size,
        walk.sealed ? State.SEALED : State.OPEN,
        header.id(),
        header.createdMillis(),
        header.origin(),
        sequence,
        walk.frames,
        walk.intact,
        walk.recordBytes,
        walk.torn,
        walk.damaged,
        walk.abandoned,
        problem(walk, size));
  }

  private static InspectedSegment unreadable(Path file, ByteBuffer bytes) {
    int frames = FrameScan.countUnverified(bytes);
    return frames == 0 && FrameScan.isBlank(bytes)
        ? InspectedSegment.without(file, bytes.capacity(), State.BLANK, 0, null)
        : InspectedSegment.without(
            file,
            bytes.capacity(),
            State.UNREADABLE,
            Math.max(1, frames),
            "neither its header nor the copy of it can be read");
  }

  private static @Nullable String problem(SegmentWalk walk, int size) {
    if (walk.cut) {
      return "cut short: " + size + " of " + walk.header.size() + " bytes";
    }
    if (!walk.firstHeaderIntact) {
      return "its header is damaged; the copy at its end was read";
    }
    return walk.sealDamaged ? "its seal is damaged" : null;
  }

  /** Segments that are not sealed follow the one before, or are told by a cursor in them. */
  private static List<InspectedSegment> withSequences(List<InspectedSegment> found) {
    List<InspectedSegment> segments = new ArrayList<>();
    InspectedSegment previous = null;
    for (InspectedSegment segment : found) {
      InspectedSegment told = segment;
      if (segment.hasHeader()) {
        if (segment.sequence() < 0) {
          told = segment.withSequence(sequence(segment, previous));
        }
        previous = told;
      }
      segments.add(told);
    }
    return List.copyOf(segments);
  }

  private static long sequence(InspectedSegment segment, @Nullable InspectedSegment previous) {
    if (previous != null && previous.id() + 1 == segment.id()) {
      return previous.nextSequence();
    }
    return segment.id() == 0 ? 0 : -1;
  }

  /** How many frames are missing between segments. */
  private long missing(List<InspectedSegment> segments, boolean live, Collection<Cursor> cursors) {
    long passed = live ? cursors.stream().mapToLong(Cursor::sequence).min().orElse(-1) : -1;
    long missing = 0;
    long reached = -1;
    InspectedSegment last = null;
    for (InspectedSegment segment : segments) {
      if (segment.sequence() < 0) {
        // Its frames are not missing, wherever they belong.
        reached = reached < 0 ? -1 : reached + segment.frames();
      } else {
        if (reached >= 0 && last != null && !(live && follows(segment, last))) {
          long all = Math.max(0, segment.sequence() - reached);
          long certain = Math.max(0, segment.sequence() - Math.max(reached, passed));
          missing += certain < all && hasGone(last) ? certain : all;
        }
        reached = segment.nextSequence();
      }
      last = segment;
    }
    return missing;
  }

  private boolean hasGone(InspectedSegment segment) {
    try {
      ByteBuffer bytes = copies.of(segment.file());
      SegmentHeader header = bytes == null ? null : SegmentHeader.read(bytes);
      return header == null || header.id() != segment.id();
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether what lies between can only have been written since the first was read. */
  private static boolean follows(InspectedSegment segment, InspectedSegment open) {
    return open.state() == State.OPEN && segment.id() == open.id() + 1;
  }

  private static List<InspectedCursor> told(
      Map<String, Waiting> waiting,
      Map<String, Cursor> after,
      List<InspectedSegment> segments,
      long newest) {
    Optional<InspectedSegment> first =
        segments.stream()
            .filter(InspectedSegment::hasHeader)
            .findFirst()
            .filter(segment -> segment.id() <= newest);
    List<InspectedCursor> cursors = new ArrayList<>();
    Map<String, Cursor> names = new HashMap<>(after);
    waiting.forEach((name, one) -> names.putIfAbsent(name, one.cursor));
    new TreeMap<>(names)
        .forEach(
            (name, cursor) -> {
              Waiting wait = waiting.getOrDefault(name, new Waiting(cursor));
              long missed =
                  first
                      .filter(one -> one.sequence() >= 0 && cursor.segmentId() < one.id())
                      .map(one -> Math.max(0, one.sequence() - cursor.sequence()))
                      .orElse(0L);
              cursors.add(
                  new InspectedCursor(
                      name,
                      cursor.segmentId(),
                      cursor.sequence(),
                      wait.records,
                      wait.bytes,
                      missed,
                      wait.oldest));
            });
    return List.copyOf(cursors);
  }

  /**
   * Hands over whole records, in order.
   *
   * @param store what {@link #read} has found
   * @param destination only what waits for it, which is everything if it has never acknowledged
   *     anything; null for everything that is still there
   * @return how many segments have gone or were used anew meanwhile: every destination has passed
   *     them
   */
  public int records(InspectedStore store, @Nullable String destination, OriginConsumer consumer) {
    Cursor start = destination == null ? null : cursors(new ArrayList<>()).get(destination);
    int gone = 0;
    for (InspectedSegment segment : store.segments()) {
      SegmentOrigin origin = segment.origin();
      if (origin == null || start != null && segment.id() < start.segmentId()) {
        continue;
      }
      int skip = start != null && segment.id() == start.segmentId() ? start.offset() : 0;
      if (!records(segment, skip, origin, consumer)) {
        gone++;
      }
    }
    return gone;
  }

  private boolean records(
      InspectedSegment segment, int skip, SegmentOrigin origin, OriginConsumer consumer) {
    ByteBuffer bytes;
    try {
      bytes = copies.of(segment.file());
    } catch (IOException e) {
      return false;
    }
    SegmentHeader header = bytes == null ? null : SegmentHeader.read(bytes);
    if (bytes == null || header == null || header.id() != segment.id()) {
      return false;
    }
    new SegmentWalk(bytes, header)
        .walk(
            (from, offset, length) -> {
              if (offset >= skip) {
                consumer.accept(origin, from, offset + Segment.FRAME_HEADER, length);
              }
            });
    return true;
  }

  /** Takes records with their origin. */
  @FunctionalInterface
  public interface OriginConsumer {

    /**
     * Takes a record.
     *
     * @param bytes holds it; only absolute access, and not beyond this call
     * @param offset where it begins
     * @param length its length
     */
    void accept(SegmentOrigin origin, ByteBuffer bytes, int offset, int length);
  }

  /** Adds up what waits behind a cursor. */
  private static final class Waiting {

    final Cursor cursor;
    long records;
    long bytes;
    byte @Nullable [] oldest;
    private long oldestSegment = Long.MAX_VALUE;

    /** The index of the frame where it goes on, as long as that is known. */
    private int index;

    private int reached;

    Waiting(Cursor cursor) {
      this.cursor = cursor;
    }

    /** Takes a frame of a segment that it has not passed. */
    void meet(long segmentId, ByteBuffer from, int offset, int length) {
      if (cursor.segmentId() < segmentId || offset >= cursor.offset()) {
        add(segmentId, from, offset, length);
      } else {
        index = from.getInt(offset + 8) + 1;
        reached = offset + Segment.align(Segment.FRAME_HEADER + length);
      }
    }

    /** Of the segment that it goes on in; -1 if what is before is not whole. */
    long firstSequence() {
      return cursor.offset() == 0 || reached == cursor.offset()
          ? Math.max(-1, cursor.sequence() - index)
          : -1;
    }

    void add(long segmentId, ByteBuffer from, int offset, int length) {
      records++;
      bytes += length;
      // Files are used again, so that their names tell no order.
      if (segmentId < oldestSegment) {
        oldestSegment = segmentId;
        byte[] record = new byte[length];
        from.get(offset + Segment.FRAME_HEADER, record);
        oldest = record;
      }
    }
  }
}
