package io.otlpevents.journal;

import org.jspecify.annotations.Nullable;

/**
 * What waits for a destination.
 *
 * @param destination its name
 * @param segmentId of the segment where it goes on
 * @param sequence how many frames it has finished with
 * @param records how many whole records wait
 * @param bytes of the records that wait
 * @param missing how many frames it has not finished with whose segments are gone
 * @param oldest the record that has waited longest, not to be changed; null if none waits
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity, on purpose
public record InspectedCursor(
    String destination,
    long segmentId,
    long sequence,
    long records,
    long bytes,
    long missing,
    byte @Nullable [] oldest) {}
