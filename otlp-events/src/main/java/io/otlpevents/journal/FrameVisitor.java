package io.otlpevents.journal;

import java.nio.ByteBuffer;

/** Takes the intact frames of a segment, in order. */
@FunctionalInterface
interface FrameVisitor {

  /** Takes none. */
  FrameVisitor NONE = (bytes, offset, length) -> {};

  /**
   * Takes a frame.
   *
   * @param bytes holds the segment; only absolute access
   * @param offset where the frame begins
   * @param length of its record
   */
  void frame(ByteBuffer bytes, int offset, int length);
}
