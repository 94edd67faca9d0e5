package io.otlpevents.journal;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a journal keeps its segments: in direct memory, or in files. Used by one thread at a time.
 */
interface Storage {

  /**
   * Takes room for a segment, all zeros.
   *
   * @throws IOException if there is none now; there may be later
   */
  Piece allocate(int size) throws IOException;

  /** Gives room back for good. It is still taken if that fails. */
  void discard(Piece piece) throws IOException;

  /** Sets room aside in which something is damaged, for people to look at. */
  default void quarantine(Piece piece) throws IOException {
    discard(piece);
  }

  /**
   * Whether taking room means writing to a disk, which emitting threads must not do: an interrupt
   * would close the file, and a slow disk would hold them up.
   */
  boolean isSlow();

  /** What earlier processes left, oldest first. Asked once, at start. */
  List<StoredSegment> recover() throws IOException;

  /**
   * How many records of earlier processes cannot even be told apart, beside those that this reader
   * finds missing between others.
   */
  default long unreadable(String reader) {
    return 0;
  }

  /** Where destinations' cursors into the segments that are made here are kept; null for memory. */
  default @Nullable CursorFile cursors() {
    return null;
  }

  /** The id of the first segment that is made here. */
  default long firstId() {
    return 0;
  }

  /** How many frames there were before those that are made here. */
  default long firstSequence() {
    return 0;
  }

  /** Whether a piece may be used again for another segment. */
  default boolean isReusable(Piece piece, int size) {
    return piece.buffer().capacity() == size;
  }

  /** Whether there is still a place to take room from; for files, whether somebody removed it. */
  default boolean isThere() {
    return true;
  }

  /** Whether what was taken is still there; for files, whether somebody removed them. */
  default boolean isThere(Piece piece) {
    return true;
  }

  /**
   * Begins anew after what was taken has gone.
   *
   * @throws IOException if that cannot be done now
   */
  default void reopen() throws IOException {}

  /** Lets go of locks. */
  default void close() {}
}
