package io.otlpevents;

/**
 * What a flush achieved.
 *
 * @param complete whether everything that was emitted before the flush has reached its end:
 *     delivered, or refused by the receiver for good
 * @param pending how many events were still waiting when the flush ended, over all destinations;
 *     includes events emitted while the flush ran
 */
public record FlushResult(boolean complete, long pending) {}
