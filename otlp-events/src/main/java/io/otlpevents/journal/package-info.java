/**
 * The journal: a lock-free, bounded, in-order store of encoded records. Knows bytes, not events.
 */
@NullMarked
package io.otlpevents.journal;

import org.jspecify.annotations.NullMarked;
