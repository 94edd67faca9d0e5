package io.otlpevents.journal;

import io.otlpevents.journal.CursorFile.Cursor;
import io.otlpevents.ledger.EvictionReason;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Reads a journal's records in order. For one thread, except where a method says otherwise.
 *
 * <p>What has been read stays in the journal until it is {@linkplain #acknowledge acknowledged}. On
 * disk, the place up to which everything is acknowledged is kept under the reader's name, and the
 * reader of that name in the next process goes on there.
 *
 * <p>Frames carry an index, and segments the number of frames before them, so whatever is missing
 * shows as a gap and is counted: see {@link #takeLost}.
 *
 * <p>The balance: each frame before {@link #position} has been handed over, or was counted as lost,
 * or was a claim that came to nothing. A {@link Mark} knows how many records were handed over
 * before it, so the difference of two marks is what is on its way between them, whatever was lost
 * there. The cursor says where a successor begins and how many records before that place are on
 * their way. That is
 *
 * <ul>
 *   <li>the acknowledged place and 0, as long as that place is in the journal;
 *   <li>the first place that was not given up, once what is on its way lies before it. The records
 *       between the two places that were handed over are on their way: each acknowledgement takes
 *       from them, and a successor counts the rest as lost. What the reader gave up it has counted
 *       itself, and no successor counts it again.
 * </ul>
 *
 * <p>So for each process, what it finds (see {@link #recovered}) and what is appended equals what
 * is handed over and what is lost, once everything is read.
 */
public final class JournalReader {

  private static final EvictionReason[] REASONS = EvictionReason.values();
  private static final int NOTHING = -1;

  private final Journal journal;
  private final String name;
  private final FrameScan scan = new FrameScan();
  private final long[] lost = new long[REASONS.length];
  private final long recovered;

  /** Cursors as they were at start, for the segments that were there then. */
  private final Map<CursorFile, @Nullable Cursor> predecessors = new IdentityHashMap<>();

  private Segment segment;
  private int offset;
  private int index;

  /** Of the next frame: how many come before it, since the first that the journal ever held. */
  private long sequence;

  /** Whether frames' lengths cannot be followed any more; then only a search finds the next. */
  private boolean astray;

  /** How many records have been handed over. */
  private long records;

  private volatile long acknowledged;
  private volatile long givenUpTo;
  private @Nullable Floor reachedFloor;

  /** Up to where everything has reached its end. */
  private Mark acknowledgedMark;

  /** Where that begins which was not given up; null while nothing was. */
  private @Nullable Mark kept;

  /** Where the segments behind {@link #acknowledgedMark} begin that have been read from. */
  private final Deque<Mark> begins = new ArrayDeque<>();

  /** Where the directories end that reading has left since {@link #acknowledgedMark}. */
  private final Deque<Mark> ends = new ArrayDeque<>();

  /** The segment that the cursor is in. */
  private long cursorStart;

  // Set by the reading thread while it waits for bytes; read by those who append.
  private volatile @Nullable Thread waiter;
  private volatile long wakeAt = Long.MAX_VALUE;

  JournalReader(Journal journal, String name, Segment first) {
    this.journal = journal;
    this.name = name;
    this.segment = first;
    long unreadable = journal.unreadable(name);
    this.recovered = countRecovered(first) + unreadable;
    lost[EvictionReason.DAMAGED.ordinal()] += unreadable;
    begin(first, null);
    this.acknowledgedMark = mark();
    this.cursorStart = first.start;
    this.acknowledged = position();
  }

  /**
   * How many records earlier processes left for this reader, including those that will turn out to
   * be damaged.
   */
  public long recovered() {
    return recovered;
  }

  /** Goes through what earlier processes left exactly as reading does. */
  private long countRecovered(Segment first) {
    long count = 0;
    long next = 0;
    CursorFile store = null;
    for (Segment at = first; at != null && at.sequence >= 0; at = at.next) {
      CursorFile cursors = at.piece.cursors();
      if (at == first || cursors != store) {
        store = cursors;
        next = firstSequence(at);
        count += onTheWay(at);
      }
      if (!isFinished(at)) {
        int index = firstIndex(at);
        count += missingBefore(at, next) + (at.recovered ? at.frames - index : 0);
        next = at.sequence + (at.recovered ? at.frames : 0);
      }
    }
    return count;
  }

  /** Up to where this reader's predecessor had come in the directory of a segment. */
  private @Nullable Cursor cursor(Segment at) {
    CursorFile cursors = at.piece.cursors();
    if (cursors == null) {
      return null;
    }
    if (!predecessors.containsKey(cursors)) {
      predecessors.put(cursors, cursors.read(name));
    }
    return predecessors.get(cursors);
  }

  /** The frame to begin with in the first segment of a directory. */
  private long firstSequence(Segment at) {
    Cursor cursor = cursor(at);
    return cursor == null ? at.sequence : cursor.sequence();
  }

  /** What was on its way when the predecessor died, and is not here any more. */
  private long onTheWay(Segment at) {
    Cursor cursor = cursor(at);
    return cursor == null ? 0 : Math.max(0, cursor.onTheWay());
  }

  /** Segments are told by their ids: what was damaged may have made sequences uncertain. */
  private boolean isFinished(Segment at) {
    Cursor cursor = cursor(at);
    return at.recovered && cursor != null && at.id < cursor.segmentId();
  }

  /** The index of the frame to begin with. */
  private int firstIndex(Segment at) {
    Cursor cursor = cursor(at);
    if (!at.recovered || cursor == null || at.id != cursor.segmentId()) {
      return 0;
    }
    return (int) Math.max(0, Math.min(cursor.sequence() - at.sequence, at.frames));
  }

  /** How many frames are missing between what was read and the beginning of a segment. */
  private long missingBefore(Segment at, long reached) {
    Cursor cursor = cursor(at);
    if (at.recovered && cursor != null && at.id == cursor.segmentId()) {
      return 0;
    }
    return Math.max(0, at.sequence - reached);
  }

  private void begin(Segment next, @Nullable Segment previous) {
    segment = next;
    astray = next.recovered;
    offset = next.dataStart;
    index = 0;
    if (next.sequence < 0) {
      return;
    }
    if (previous == null || previous.piece.cursors() != next.piece.cursors()) {
      sequence = firstSequence(next);
      lose(EvictionReason.DAMAGED, onTheWay(next));
    }
    if (isFinished(next)) {
      offset = next.dataEnd;
      index = next.frames;
      return;
    }
    // Whole segments may be missing.
    lose(EvictionReason.DAMAGED, missingBefore(next, sequence));
    index = firstIndex(next);
    sequence = next.sequence + index;
    scan.begin(next.buffer);
    Cursor cursor = cursor(next);
    if (index > 0
        && cursor != null
        && cursor.sequence() == sequence
        && cursor.offset() >= offset
        && cursor.offset() <= next.dataEnd
        && (cursor.offset() & 7) == 0) {
      offset = cursor.offset();
    }
  }

  /**
   * Hands over records until there are no more, or the consumer has enough, or the next one comes
   * from another {@linkplain #origin origin}. What the consumer throws ends the reading before the
   * record it was thrown for.
   */
  public void read(RecordConsumer consumer) {
    SegmentOrigin origin = origin();
    while (true) {
      int length = seek(origin);
      if (length == NOTHING
          || !consumer.accept(segment.buffer, offset + Segment.FRAME_HEADER, length)) {
        return;
      }
      pass(length);
      records++;
    }
  }

  /** Where the next record comes from. */
  public SegmentOrigin origin() {
    while (offset >= segment.dataEnd) {
      Segment next = segment.next;
      if (next == null) {
        break;
      }
      leave(next);
    }
    return segment.origin;
  }

  private void pass(int length) {
    offset += Segment.align(Segment.FRAME_HEADER + length);
    index++;
    sequence++;
  }

  private void leave(Segment next) {
    Segment left = segment;
    int frames = left.frames;
    if (frames > index) {
      // Known to have been written, and not found.
      loseHere(frames - index);
      sequence += frames - index;
    }
    CursorFile cursors = left.piece.cursors();
    if (cursors != null && left.sequence >= 0 && cursors != next.piece.cursors()) {
      ends.add(Mark.behind(left, left.sequence + frames, records));
    }
    begin(next, left);
    begins.add(mark());
  }

  private void loseHere(long count) {
    EvictionReason reason = scan.hole() ? EvictionReason.TORN : EvictionReason.DAMAGED;
    lose(reason, count);
    if (reason == EvictionReason.DAMAGED) {
      segment.isDamaged = true;
    }
  }

  private void lose(EvictionReason reason, long count) {
    lost[reason.ordinal()] += count;
  }

  /**
   * Goes to the next intact record.
   *
   * @param within the origin it must have
   * @return its length, or {@link #NOTHING}
   */
  private int seek(SegmentOrigin within) {
    while (true) {
      if (offset >= segment.dataEnd) {
        Segment next = segment.next;
        if (next == null || !isSame(within, next.origin)) {
          return NOTHING;
        }
        leave(next);
        continue;
      }
      if (astray) {
        if (find()) {
          return scan.length();
        }
        if (segment.frames < 0) {
          // Still being written to; what follows is found when it is full.
          return NOTHING;
        }
        offset = segment.dataEnd;
        continue;
      }
      long word = segment.commitWord(offset);
      if (word == 0) {
        return NOTHING;
      }
      int length = (int) word;
      if (scan.isIntact(segment.buffer, segment.seed, offset, word, segment.dataEnd, index)) {
        return length;
      }
      if (word == (Segment.END & 0xFFFF_FFFFL)) {
        offset = segment.dataEnd;
      } else if ((length & Segment.PADDING) != 0
          && word >>> 32 == 0
          && (length & Segment.LENGTH_MASK) <= segment.dataEnd - offset) {
        offset += length & Segment.LENGTH_MASK;
        index++;
        sequence++;
      } else {
        // Somebody wrote where only we may.
        segment.isDamaged = true;
        astray = true;
        scan.begin(segment.buffer);
      }
    }
  }

  /** Looks for a frame by its checksum; what lies between is lost. */
  private boolean find() {
    int end = segment.frames < 0 ? segment.claimedTo() : segment.dataEnd;
    int found = scan.find(segment.buffer, segment.seed, offset, end, index);
    if (found < 0 || segment.recovered && scan.index() >= segment.frames) {
      return false;
    }
    int gap = scan.index() - index;
    if (gap > 0) {
      loseHere(gap);
      index += gap;
      sequence += gap;
    }
    offset = found;
    astray = segment.recovered;
    return true;
  }

  private static boolean isSame(SegmentOrigin one, SegmentOrigin other) {
    return one == other
        || Arrays.equals(one.resource(), other.resource())
            && Arrays.equals(one.scope(), other.scope());
  }

  /**
   * Gives up what the journal wants to have room for, or what is too old. What was read already is
   * not touched.
   *
   * @return whether anything was given up
   */
  public boolean giveUp() {
    Floor floor = journal.floor();
    if (floor == null || floor == reachedFloor) {
      return false;
    }
    boolean any = false;
    while (segment.start < floor.start()) {
      int length = seek(segment.origin);
      if (segment.start >= floor.start()) {
        break;
      }
      if (length != NOTHING) {
        lose(floor.reason(), 1);
        any = true;
        pass(length);
      } else if (offset >= segment.dataEnd && segment.next != null) {
        leave(segment.next);
      } else {
        // A record is claimed and not written yet: its memory cannot be used for another.
        return any;
      }
    }
    reachedFloor = floor;
    for (Mark begin : begins) {
      if (begin.segmentStart >= floor.start()) {
        kept = begin;
        givenUpTo = begin.segmentStart;
        settle();
        break;
      }
    }
    journal.release();
    return any;
  }

  /** How many records have been lost for this reason since this was asked last. */
  public long takeLost(EvictionReason reason) {
    long taken = lost[reason.ordinal()];
    lost[reason.ordinal()] = 0;
    return taken;
  }

  /** How many bytes the journal may hold. */
  public long budget() {
    return journal.budget();
  }

  /** Whether what is not acknowledged outlives the process. */
  public boolean isPersistent() {
    return journal.isPersistent();
  }

  /** Up to where records have been read. */
  public long position() {
    return segment.start + offset;
  }

  /** Where the record ends that is being handed over, as {@link Claim#listener} was told. */
  public long end(int length) {
    return position() + Segment.align(Segment.FRAME_HEADER + length);
  }

  /** The same, to be acknowledged later. */
  public Mark mark() {
    return new Mark(segment, offset, sequence, records);
  }

  /** How many bytes, frames included, wait to be read; a few may not be written yet. */
  public long available() {
    return journal.tail() - position();
  }

  /**
   * Says that everything before this place has reached its end, so that its space can be used
   * again.
   */
  public void acknowledge(Mark mark) {
    if (mark.position() >= acknowledged) {
      acknowledgedMark = mark;
      settle();
    }
  }

  /** Writes down where a successor begins, and gives back what is before it. */
  private void settle() {
    Mark first = kept;
    if (first != null
        && acknowledgedMark.position() < first.position()
        && acknowledgedMark.records == first.records) {
      // Nothing is on its way to it.
      acknowledgedMark = first;
    }
    Mark reached = acknowledgedMark;
    Mark from = first == null || reached.position() >= first.position() ? reached : first;
    boolean moves = from.segmentStart != cursorStart;
    cursorStart = from.segmentStart;
    save(from, from.records - reached.records);
    if (moves) {
      // Into both slots: neither may point to what is going to be used for other records.
      save(from, from.records - reached.records);
    }
    // Only then, for what is on its way must always be written down somewhere.
    while (!ends.isEmpty() && ends.element().position() <= from.position()) {
      Mark end = ends.remove();
      if (end.store != from.store) {
        save(end, 0);
      }
    }
    while (!begins.isEmpty() && begins.element().position() <= reached.position()) {
      begins.remove();
    }
    acknowledged = reached.position();
    if (moves) {
      journal.release();
    }
  }

  private void save(Mark place, long onTheWay) {
    CursorFile cursors = place.store;
    if (cursors == null) {
      return;
    }
    Cursor before = predecessors.get(cursors);
    // In segments that were finished before, the place stays where it was.
    cursors.save(
        name,
        before != null && before.segmentId() > place.segmentId
            ? new Cursor(before.segmentId(), before.sequence(), before.offset(), onTheWay)
            : new Cursor(place.segmentId, place.sequence, place.offset, onTheWay));
  }

  /** Up to where everything has been acknowledged. Any thread may ask. */
  public long acknowledged() {
    return acknowledged;
  }

  /** Up to where space may be used again. Any thread may ask. */
  long released() {
    return Math.max(acknowledged, givenUpTo);
  }

  /**
   * How many bytes, frames included, have been appended and not acknowledged. Any thread may ask.
   */
  public long unacknowledged() {
    return Math.max(0, journal.tail() - acknowledged);
  }

  /**
   * Waits until at least this many bytes wait to be read, the time is up, or the thread is
   * unparked. Returns early without reason at times, as {@link LockSupport#park} does.
   */
  public void await(long bytes, long timeoutNanos) {
    wakeAt = position() + bytes;
    waiter = Thread.currentThread();
    try {
      if (journal.tail() < wakeAt && journal.floor() == reachedFloor) {
        LockSupport.parkNanos(this, timeoutNanos);
      }
    } finally {
      waiter = null;
      wakeAt = Long.MAX_VALUE;
    }
  }

  void wakeIfEnough(long tail) {
    if (tail >= wakeAt) {
      wake();
    }
  }

  void wake() {
    Thread thread = waiter;
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  String name() {
    return name;
  }
}
