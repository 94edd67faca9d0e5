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

  Mark(Segment segment, int offset, long sequence) {
    this.segmentStart = segment.start;
    this.segmentId = segment.id;
    this.store = segment.piece.cursors();
    this.offset = offset;
    this.sequence = sequence;
  }

  /** Grows along the journal, for this run of the process only. */
  public long position() {
    return segmentStart + offset;
  }
}
