package io.otlpevents.journal;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How much the journal holds, where, and what happens when it is full.
 *
 * @param maxSize the budget in bytes, at least two segments; memory or files are taken segment by
 *     segment as they are needed, and given back
 * @param segmentSize the size of a segment in bytes: a multiple of 4096, from 64 KiB to 256 MiB
 * @param maxEventSize the largest encoded event in bytes, at most half a segment
 * @param overflow what happens to a new event when the budget is spent
 * @param maxBlock how long a caller waits at most where the policy is {@link OverflowPolicy#BLOCK}
 * @param reservedSize the part of the budget in bytes that only protected events may use; 0 for
 *     none; at least two segments must remain for the others
 * @param maxAge how old events may become before they are given up and counted; null for no limit
 * @param disk where the files are; null for a journal in memory
 */
public record JournalSettings(
    long maxSize,
    int segmentSize,
    int maxEventSize,
    OverflowPolicy overflow,
    Duration maxBlock,
    long reservedSize,
    @Nullable Duration maxAge,
    @Nullable DiskSettings disk) {

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
    require(
        reservedSize >= 0 && reservedSize <= maxSize - 2L * segmentSize,
        "reservedSize must leave two segments of "
            + segmentSize
            + " bytes to events that are not protected, but is "
            + reservedSize);
    require(
        maxAge == null || maxAge.compareTo(Duration.ofSeconds(1)) >= 0,
        "maxAge must be at least a second, but is " + maxAge);
  }

  /** In memory, with nothing reserved and no limit of age. */
  public JournalSettings(
      long maxSize, int segmentSize, int maxEventSize, OverflowPolicy overflow, Duration maxBlock) {
    this(maxSize, segmentSize, maxEventSize, overflow, maxBlock, 0, null, null);
  }

  /** In memory: 64 MiB in segments of 1 MiB, events up to 256 KiB, new events dropped when full. */
  public static JournalSettings defaults() {
    return new JournalSettings(
        64L << 20, 1 << 20, 256 << 10, OverflowPolicy.DROP_NEWEST, Duration.ofSeconds(1));
  }

  /** On disk: 1 GiB in segments of 8 MiB, otherwise as {@link #defaults()}. */
  public static JournalSettings onDisk(DiskSettings disk) {
    return defaults().withMaxSize(1L << 30).withSegmentSize(8 << 20).withDisk(disk);
  }

  /** The same with another budget. */
  public JournalSettings withMaxSize(long maxSize) {
    return new JournalSettings(
        maxSize, segmentSize, maxEventSize, overflow, maxBlock, reservedSize, maxAge, disk);
  }

  /** The same with another size of segments. */
  public JournalSettings withSegmentSize(int segmentSize) {
    return new JournalSettings(
        maxSize, segmentSize, maxEventSize, overflow, maxBlock, reservedSize, maxAge, disk);
  }

  /** The same with another limit on an event's size. */
  public JournalSettings withMaxEventSize(int maxEventSize) {
    return new JournalSettings(
        maxSize, segmentSize, maxEventSize, overflow, maxBlock, reservedSize, maxAge, disk);
  }

  /** The same with another policy. */
  public JournalSettings withOverflow(OverflowPolicy overflow) {
    return new JournalSettings(
        maxSize, segmentSize, maxEventSize, overflow, maxBlock, reservedSize, maxAge, disk);
  }

  /** The same with another limit on waiting. */
  public JournalSettings withMaxBlock(Duration maxBlock) {
    return new JournalSettings(
        maxSize, segmentSize, maxEventSize, overflow, maxBlock, reservedSize, maxAge, disk);
  }

  /** The same with another part for protected events. */
  public JournalSettings withReservedSize(long reservedSize) {
    return new JournalSettings(
        maxSize, segmentSize, maxEventSize, overflow, maxBlock, reservedSize, maxAge, disk);
  }

  /** The same with another limit of age. */
  public JournalSettings withMaxAge(@Nullable Duration maxAge) {
    return new JournalSettings(
        maxSize, segmentSize, maxEventSize, overflow, maxBlock, reservedSize, maxAge, disk);
  }

  /** The same with another place. */
  public JournalSettings withDisk(@Nullable DiskSettings disk) {
    return new JournalSettings(
        maxSize, segmentSize, maxEventSize, overflow, maxBlock, reservedSize, maxAge, disk);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
