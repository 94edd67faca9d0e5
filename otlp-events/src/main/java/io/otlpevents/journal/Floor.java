package io.otlpevents.journal;

import io.otlpevents.ledger.EvictionReason;

/**
 * Readers give up what is before the floor.
 *
 * @param segment the first segment to keep
 * @param reason why the others go
 */
record Floor(Segment segment, EvictionReason reason) {}
