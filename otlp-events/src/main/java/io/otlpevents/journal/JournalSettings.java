package io.otlpevents.journal;

import java.time.Duration;
import java.util.Objects;

/**
 * How much the journal holds and what happens when it is full.
 *
 * @param maxSize the budget in bytes, at least two segments; memory is taken segment by segment as
 *     it is needed, and given back
 * @param segmentSize the size of a segment in bytes: a multiple of 4096, from 64 KiB to 256 MiB
 * @param maxEventSize the largest encoded event in bytes, at most half a segment
 * @param overflow what happens to a new event when the budget is spent
 * @param maxBlock how long a caller waits at most where the policy is {@link OverflowPolicy#BLOCK}
 */
public record JournalSettings(
    long maxSize, int segmentSize, int maxEventSize, OverflowPolicy overflow, Duration maxBlock) {

  private static final int MIN_SEGMENT = 64 * 1024;
  private static final int MAX_SEGMENT = 256 * 1024 * 1024;

  /** Checks the ranges. */
  public JournalSettings {
    Objects.requireNonNull(overflow, "overflow");
    Objects.requireNonNull(maxBlock, "maxBlock");
    require(
        segmentSize >= MIN_SEGMENT && segmentSize <= MAX_SEGMENT && segmentSize % 4096 == 0,
        "segmentSize must be a multiple of 4096 from 64 KiB to 256 MiB, but is " + segmentSize);
    require(
        maxSize >= 2L * segmentSize,
        "maxSize must be at least two segments of " + segmentSize + " bytes, but is " + maxSize);
    require(
        maxEventSize > 0 && maxEventSize <= segmentSize / 2,
        "maxEventSize must be from 1 byte to half a segment, but is " + maxEventSize);
    require(!maxBlock.isNegative(), "maxBlock must not be negative, but is " + maxBlock);
  }

  /** 64 MiB in segments of 1 MiB, events up to 256 KiB, new events dropped when full. */
  public static JournalSettings defaults() {
    return new JournalSettings(
        64L << 20, 1 << 20, 256 << 10, OverflowPolicy.DROP_NEWEST, Duration.ofSeconds(1));
  }

  /** The same with another budget. */
  public JournalSettings withMaxSize(long maxSize) {
    return new JournalSettings(maxSize, segmentSize, maxEventSize, overflow, maxBlock);
  }

  /** The same with another size of segments. */
  public JournalSettings withSegmentSize(int segmentSize) {
    return new JournalSettings(maxSize, segmentSize, maxEventSize, overflow, maxBlock);
  }

  /** The same with another limit on an event's size. */
  public JournalSettings withMaxEventSize(int maxEventSize) {
    return new JournalSettings(maxSize, segmentSize, maxEventSize, overflow, maxBlock);
  }

  /** The same with another policy. */
  public JournalSettings withOverflow(OverflowPolicy overflow) {
    return new JournalSettings(maxSize, segmentSize, maxEventSize, overflow, maxBlock);
  }

  /** The same with another limit on waiting. */
  public JournalSettings withMaxBlock(Duration maxBlock) {
    return new JournalSettings(maxSize, segmentSize, maxEventSize, overflow, maxBlock);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
