package io.otlpevents.journal;

import io.otlpevents.ledger.EvictionReason;

/**
 * Readers give up what is before the floor. It names no segment, for it stays for a long time, and
 * segments lead to all that follow them.
 *
 * @param start where the first segment to keep begins
 * @param reason why the others go
 */
record Floor(long start, EvictionReason reason) {}
