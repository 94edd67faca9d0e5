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

  private Segment acknowledgedSegment;
  private volatile long acknowledged;
  private volatile long givenUpTo;
  private @Nullable Floor reachedFloor;

  /** The places before and behind what was given up last. */
  private @Nullable Mark beforeGap;

  private @Nullable Mark behindGap;

  /** Where {@link #acknowledged} is. */
  private Mark acknowledgedMark;

  /**
   * What was given up behind what is acknowledged: sequence of the first frame and their number.
   * What was read between two of them is on its way.
   */
  private final Deque<long[]> gaps = new ArrayDeque<>();

  // Set by the reading thread while it waits for bytes; read by those who append.
  private volatile @Nullable Thread waiter;
  private volatile long wakeAt = Long.MAX_VALUE;

  JournalReader(Journal journal, String name, Segment first) {
    this.journal = journal;
    this.name = name;
    this.segment = first;
    this.acknowledgedSegment = first;
    long unreadable = journal.unreadable(name);
    this.recovered = countRecovered(first) + unreadable;
    lost[EvictionReason.DAMAGED.ordinal()] += unreadable;
    begin(first, null);
    this.acknowledgedMark = mark();
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
    long missing = at.sequence - reached;
    if (cursor != null && cursor.sequence() == reached) {
      missing -= cursor.givenUp();
    }
    return Math.max(0, missing);
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
    begin(next, left);
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
    Mark from = mark();
    boolean passes = segment.start < floor.start();
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
    givenUpTo = Math.max(givenUpTo, segment.start);
    if (passes) {
      if (behindGap == null || behindGap.position() != from.position()) {
        beforeGap = from;
      }
      behindGap = mark();
    }
    Mark behind = behindGap;
    if (behind != null && isInGap(acknowledgedMark)) {
      // Nothing is on its way: a successor need not look for what was given up.
      acknowledge(behind);
    } else if (acknowledgedSegment.start < segment.start) {
      // What is on its way lies in segments that are given back, and must not hold on to them. A
      // successor that does not find it counts it.
      acknowledgedSegment = segment;
      if (segment.piece.cursors() == from.store) {
        addGap(from.sequence, sequence - from.sequence);
        saveGivenBack(acknowledgedMark);
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
    return new Mark(segment, offset, sequence);
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
    Mark to = mark;
    Mark behind = behindGap;
    if (behind != null && isInGap(mark)) {
      to = behind;
    }
    Segment from = acknowledgedSegment;
    if (to.segmentStart < from.start) {
      // Its segment was given up meanwhile.
      if (to.position() > acknowledged) {
        acknowledgedMark = to;
        acknowledged = to.position();
        saveGivenBack(to);
      }
      return;
    }
    boolean moved = false;
    while (from.start != to.segmentStart) {
      Segment next = from.next;
      if (next == null) {
        return;
      }
      CursorFile cursors = from.piece.cursors();
      if (cursors != null && from.sequence >= 0 && cursors != next.piece.cursors()) {
        save(cursors, new Cursor(from.id + 1, from.sequence + from.frames, 0, 0));
      }
      from = next;
      moved = true;
    }
    CursorFile cursors = from.piece.cursors();
    if (cursors != null) {
      Cursor cursor = new Cursor(from.id, to.sequence, to.offset, 0);
      save(cursors, cursor);
      if (moved) {
        // Into both slots: neither may point to what is going to be used for other records.
        save(cursors, cursor);
      }
    }
    gaps.clear();
    acknowledgedMark = to;
    acknowledgedSegment = from;
    acknowledged = to.position();
    if (moved) {
      journal.release();
    }
  }

  /** Whether what follows this place was given up. */
  private boolean isInGap(Mark mark) {
    Mark from = beforeGap;
    Mark to = behindGap;
    return from != null
        && to != null
        && mark.position() < to.position()
        && (mark.position() >= from.position()
            || mark.sequence == from.sequence && mark.store == from.store);
  }

  private void addGap(long first, long frames) {
    long[] last = gaps.peekLast();
    if (last != null && last[0] + last[1] == first) {
      last[1] += frames;
    } else if (frames > 0) {
      gaps.add(new long[] {first, frames});
    }
  }

  private long givenUpBehind(Mark mark) {
    while (!gaps.isEmpty() && gaps.element()[0] < mark.sequence) {
      gaps.remove();
    }
    long frames = 0;
    for (long[] gap : gaps) {
      frames += gap[1];
    }
    return frames;
  }

  private void save(CursorFile cursors, Cursor cursor) {
    Cursor before = predecessors.get(cursors);
    // On the way through segments that were finished before, there is nothing to say.
    if (before == null || before.segmentId() <= cursor.segmentId()) {
      cursors.save(name, cursor);
    }
  }

  /** Keeps a place whose segment is given back, so that what follows it there shows as a gap. */
  private void saveGivenBack(Mark mark) {
    CursorFile cursors = segment.piece.cursors();
    if (cursors != null && cursors == mark.store) {
      save(cursors, new Cursor(mark.segmentId, mark.sequence, mark.offset, givenUpBehind(mark)));
    }
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
