package io.otlpevents.journal;

/**
 * A segment that an earlier process left.
 *
 * @param end where its frames end at the latest
 * @param frames how many frames it had, as far as that can be told
 * @param sequence of its first frame
 * @param ageMillis how long ago it was made, by the wall clock; never negative
 */
record StoredSegment(
    Piece piece, SegmentHeader header, int end, int frames, long sequence, long ageMillis) {}
