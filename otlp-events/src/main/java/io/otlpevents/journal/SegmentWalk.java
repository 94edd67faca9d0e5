package io.otlpevents.journal;

import java.nio.ByteBuffer;

/**
 * Goes through the frames of a segment's copy and counts what is whole and what is not, by the
 * rules of recovery. For one thread.
 */
final class SegmentWalk {

  final SegmentHeader header;
  final boolean firstHeaderIntact;

  /** Whether the seal holds; without one the segment was being written to. */
  final boolean sealed;

  final boolean sealDamaged;

  /** Of the first frame; -1 without a seal. */
  final long sealedSequence;

  /** Whether the file is shorter than its segment. */
  final boolean cut;

  private final ByteBuffer bytes;
  private final FrameScan scan = new FrameScan();
  private final int dataStart;
  private final int end;
  private final int sealedFrames;

  int frames;
  int intact;
  int torn;
  int damaged;
  int abandoned;
  long recordBytes;

  SegmentWalk(ByteBuffer bytes, SegmentHeader header) {
    this.bytes = bytes;
    this.header = header;
    this.firstHeaderIntact = isFirstHeader(bytes, header);
    this.cut = bytes.capacity() < header.size();
    this.dataStart = header.length() + Segment.SEAL;
    this.end = Math.min(header.size() - header.length(), bytes.capacity() & ~7);
    int at = dataStart - Segment.SEAL;
    boolean readable = dataStart <= bytes.capacity();
    long sequence = readable ? bytes.getLong(at) : 0;
    int count = readable ? bytes.getInt(at + 8) : 0;
    int checksum = readable ? bytes.getInt(at + 12) : 0;
    this.sealed =
        readable
            && sequence >= 0
            && count >= 0
            && count <= header.size() / Segment.FRAME_HEADER
            && checksum == Segment.sealChecksum(header.seed(), sequence, count);
    // Its owner writes the checksum last.
    this.sealDamaged = !sealed && checksum != 0;
    this.sealedSequence = sealed ? sequence : -1;
    this.sealedFrames = count;
  }

  private static boolean isFirstHeader(ByteBuffer bytes, SegmentHeader header) {
    if (bytes.capacity() < header.length()) {
      return false;
    }
    SegmentHeader first = SegmentHeader.read(bytes.slice(0, header.length()).order(bytes.order()));
    return first != null && first.seed() == header.seed();
  }

  /** Visits each intact frame; to be called once. */
  void walk(FrameVisitor visitor) {
    scan.begin(bytes);
    int offset = dataStart;
    int index = 0;
    while (offset + 8 <= end) {
      long word = bytes.getLong(offset);
      int length = (int) word;
      if (scan.isIntact(bytes, header.seed(), offset, word, end, index)) {
        visitor.frame(bytes, offset, length);
        intact++;
        recordBytes += length;
        offset += Segment.align(Segment.FRAME_HEADER + length);
        index++;
      } else if (word == (Segment.END & 0xFFFF_FFFFL)) {
        offset = end;
      } else if (isAbandoned(word, offset)) {
        offset += length & Segment.LENGTH_MASK;
        abandoned++;
        index++;
      } else {
        int found = scan.find(bytes, header.seed(), offset, end, index);
        if (found < 0) {
          rest(offset, index);
          return;
        }
        lose(scan.index() - index, scan.hole());
        index = scan.index();
        offset = found;
      }
    }
    frames = index;
    if (sealed && sealedFrames > index) {
      lose(sealedFrames - index, false);
      frames = sealedFrames;
    } else if (!sealed && cut) {
      // At least the frame that the cut went through.
      lose(1, false);
      frames = index + 1;
    }
  }

  private boolean isAbandoned(long word, int offset) {
    int length = (int) word;
    int skipped = length & Segment.LENGTH_MASK;
    return length > 0
        && (length & Segment.PADDING) != 0
        && word >>> 32 == 0
        && skipped > 0
        && (skipped & 7) == 0
        && skipped <= end - offset;
  }

  /** What is behind the last frame that can be found. */
  private void rest(int offset, int index) {
    boolean hole = scan.hole();
    if (sealed) {
      lose(sealedFrames - index, hole);
      frames = Math.max(index, sealedFrames);
      return;
    }
    int count = scan.count(bytes, header.seed(), offset, end, cut);
    lose(count, hole);
    frames = index + count;
  }

  private void lose(int count, boolean hole) {
    if (count > 0) {
      if (hole) {
        torn += count;
      } else {
        damaged += count;
      }
    }
  }
}
