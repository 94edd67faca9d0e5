package io.otlpevents.journal;

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

  /** Where the record that was appended last ends in the journal. */
  public long position() {
    return position;
  }

  void begin(Segment segment, long claimed, int frameSize) {
    this.frameSize = frameSize;
    this.claimed = claimed;
    this.segment = segment;
  }

  void end(Segment segment, int end) {
    this.segment = null;
    this.position = segment.start + end;
  }
}
