package io.otlpevents.journal;

/**
 * Where a segment's records come from, as bytes that the journal keeps and does not look into. The
 * arrays are shared and must not be changed.
 *
 * @param resource the fields of OTLP's {@code ResourceLogs} but its scope logs
 * @param scope the fields of {@code ScopeLogs} but its records
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity, on purpose
public record SegmentOrigin(byte[] resource, byte[] scope) {}
