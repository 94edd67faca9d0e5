package io.otlpevents.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Memory that a segment lies in. */
interface Piece {

  /** The memory: direct or mapped; always the same. */
  ByteBuffer buffer();

  /** Forces a part of it to the disk; does nothing for memory. */
  default void force(int from, int length) throws IOException {}

  /** Forces to the disk that it exists; does nothing for memory. */
  default void forceEntry() throws IOException {}

  /** Where destinations' cursors into it are kept; null for memory. */
  default @Nullable CursorFile cursors() {
    return null;
  }
}
