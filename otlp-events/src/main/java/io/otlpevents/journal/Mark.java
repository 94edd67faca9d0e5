package io.otlpevents.journal;

import org.jspecify.annotations.Nullable;

/**
 * A place between two records of the journal. Immutable. It keeps no segment from being given back.
 */
public final class Mark {

  final long segmentStart;
  final long segmentId;

  /** Of the segment's directory; null in memory. */
  final @Nullable CursorFile store;

  final int offset;

  /** How many frames come before it, since the first that this journal ever held. */
  final long sequence;

  /** How many records the reader had handed over here. */
  final long records;

  Mark(Segment segment, int offset, long sequence, long records) {
    this(segment, segment.id, segment.start, offset, sequence, records);
  }

  private Mark(
      Segment segment, long segmentId, long segmentStart, int offset, long sequence, long records) {
    this.segmentStart = segmentStart;
    this.segmentId = segmentId;
    this.store = segment.piece.cursors();
    this.offset = offset;
    this.sequence = sequence;
    this.records = records;
  }

  /** The place behind everything in the directory of a segment that is the last there. */
  static Mark behind(Segment last, long sequence, long records) {
    return new Mark(last, last.id + 1, last.start + last.capacity, 0, sequence, records);
  }

  /** Grows along the journal, for this run of the process only. */
  public long position() {
    return segmentStart + offset;
  }
}
