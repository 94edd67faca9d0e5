package io.otlpevents.journal;

import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a thread needs to append: a checksum, and a note of the space that was claimed and is not
 * written yet. It is used again for the next record; for one thread at a time.
 *
 * <p>The note is there for the worst of moments. When the stack or the memory ends between claim
 * and commit, whoever catches the error further up {@linkplain Journal#abandon ends the claim}; a
 * claim that nobody ends would hold up every reader behind it.
 */
public final class Claim {

  final CRC32C checksum = new CRC32C();
  @Nullable Segment segment;
  long claimed = Segment.NO_ROOM;
  int frameSize;
  private long position;
  private @Nullable LongConsumer listener;

  /** Where the record that was appended last ends in the journal. */
  public long position() {
    return position;
  }

  /**
   * Sets who is told where each record ends that is appended from now on, before any reader can see
   * it; null for nobody. What the listener throws, appending throws.
   */
  public void listener(@Nullable LongConsumer listener) {
    this.listener = listener;
  }

  void begin(Segment segment, long claimed, int frameSize) {
    this.frameSize = frameSize;
    this.claimed = claimed;
    this.segment = segment;
    LongConsumer present = listener;
    if (present != null) {
      present.accept(segment.start + Segment.offset(claimed) + frameSize);
    }
  }

  void end(Segment segment, int end) {
    this.segment = null;
    this.position = segment.start + end;
  }
}
