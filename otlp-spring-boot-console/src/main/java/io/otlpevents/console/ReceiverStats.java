package io.otlpevents.console;

/**
 * What a receiver has counted since it was built, taken at one moment: {@code received = stored +
 * evicted +} what {@link OtlpReceiver#clear()} removed.
 *
 * @param received log records that arrived in accepted requests
 * @param stored log records that are in the store now
 * @param evicted log records that left the store to make room for newer ones
 * @param requests export requests that were accepted; refused ones are not counted
 */
public record ReceiverStats(long received, long stored, long evicted, long requests) {}
