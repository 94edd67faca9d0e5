package io.otlpevents.journal;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one sub-directory of a journal holds: the segments of one process, or of one that died and
 * its successors.
 *
 * @param directory the sub-directory
 * @param owner who has it
 * @param segments its segments, oldest first; files that are none at the end
 * @param cursors the destinations that have acknowledged something, by name
 * @param oldest the oldest whole record, not to be changed; null if there is none
 * @param missing how many frames are missing between segments
 * @param setAside files with damage that an owner has set aside
 * @param problems what could not be read, in words
 * @param settled false if the directory went on changing, so that what looks damaged or missing may
 *     only have been read at a bad moment
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity, on purpose
public record InspectedStore(
    Path directory,
    StoreOwner owner,
    List<InspectedSegment> segments,
    List<InspectedCursor> cursors,
    byte @Nullable [] oldest,
    long missing,
    List<Path> setAside,
    List<String> problems,
    boolean settled) {

  /** How many records are whole. */
  public long intact() {
    return segments.stream().mapToLong(InspectedSegment::intact).sum();
  }

  /** The bytes of the whole records. */
  public long bytes() {
    return segments.stream().mapToLong(InspectedSegment::bytes).sum();
  }

  /** How many frames fail their checksum or are cut off. */
  public long damaged() {
    return segments.stream().mapToLong(InspectedSegment::damaged).sum();
  }

  /**
   * How many frames were begun and not finished, so that their {@code emit} never returned unless
   * the system died; without those that a living owner may be writing just now.
   *
   * @see #underWay
   */
  public long torn() {
    return segments.stream()
        .filter(segment -> !isInUse(segment))
        .mapToLong(InspectedSegment::torn)
        .sum();
  }

  /**
   * How many frames a living owner may be writing just now. Also in a full segment: a thread that
   * has begun one may not have been given the processor since.
   */
  public long underWay() {
    return segments.stream().filter(this::isInUse).mapToLong(InspectedSegment::torn).sum();
  }

  private boolean isInUse(InspectedSegment segment) {
    return owner.mayBeAlive()
        && (segment.state() == InspectedSegment.State.OPEN
            || segment.createdMillis() >= owner.sinceMillis());
  }

  /** How many frames a destination lacks, because they are gone. */
  public long lacking() {
    return cursors.stream().mapToLong(InspectedCursor::missing).max().orElse(0);
  }

  /** Whether everything that should be here is here and whole. */
  public boolean isClean() {
    return damaged() == 0
        && torn() == 0
        && missing == 0
        && lacking() == 0
        && problems.isEmpty()
        && segments.stream().noneMatch(InspectedSegment::isDamaged);
  }
}
