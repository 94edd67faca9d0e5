package io.otlpevents.journal;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a segment's file holds.
 *
 * @param file the file
 * @param size of the file in bytes
 * @param state what the file is
 * @param id the segment's id; -1 where there is none or it cannot be read
 * @param createdMillis when the segment was made, ms since 1970 by the wall clock of then; 0 where
 *     there is no segment
 * @param origin where its records come from; null where there is no segment
 * @param sequence how many frames came before its first one; -1 if that cannot be told
 * @param frames how many frames were begun
 * @param intact how many records are whole
 * @param bytes of the whole records
 * @param torn how many frames were begun and not finished
 * @param damaged how many frames fail their checksum or are cut off
 * @param abandoned how many frames came to nothing, which their writer said; no loss
 * @param problem what is wrong with the file beside its frames, in words; null for nothing
 */
public record InspectedSegment(
    Path file,
    long size,
    State state,
    long id,
    long createdMillis,
    @Nullable SegmentOrigin origin,
    long sequence,
    int frames,
    int intact,
    long bytes,
    int torn,
    int damaged,
    int abandoned,
    @Nullable String problem) {

  /** What a segment's file can be. */
  public enum State {
    /** Full, or closed by its owner. */
    SEALED,
    /** It is being written to, or was when its owner died. */
    OPEN,
    /** All zeros: prepared for later, or its owner died while making it. */
    BLANK,
    /** Nobody needs it any more; it is being overwritten for another use. */
    CLEANING,
    /** Nothing is known about it any more. */
    UNREADABLE
  }

  static InspectedSegment without(
      Path file, long size, State state, int lost, @Nullable String problem) {
    return new InspectedSegment(
        file, size, state, -1, 0, null, -1, lost, 0, 0, 0, lost, 0, problem);
  }

  /** Whether it has records or had some. */
  public boolean hasHeader() {
    return origin != null;
  }

  /** Whether something in it is not as its owner wrote it. */
  public boolean isDamaged() {
    return damaged > 0 || problem != null;
  }

  /** Where the next segment's sequence goes on; -1 if that cannot be told. */
  long nextSequence() {
    return sequence < 0 ? -1 : sequence + frames;
  }

  InspectedSegment withSequence(long value) {
    return new InspectedSegment(
        file,
        size,
        state,
        id,
        createdMillis,
        origin,
        value,
        frames,
        intact,
        bytes,
        torn,
        damaged,
        abandoned,
        problem);
  }
}
