package io.otlpevents.journal;

/** A place between two records of the journal. Immutable. */
public final class Mark {

  final Segment segment;
  final int offset;

  /** How many frames come before it, since the first that this journal ever held. */
  final long sequence;

  Mark(Segment segment, int offset, long sequence) {
    this.segment = segment;
    this.offset = offset;
    this.sequence = sequence;
  }

  /** Grows along the journal, for this run of the process only. */
  public long position() {
    return segment.start + offset;
  }
}
