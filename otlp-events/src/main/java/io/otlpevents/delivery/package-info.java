/** Reads the journal in batches and delivers them to destinations: batching, retry, flush, stop. */
@NullMarked
package io.otlpevents.delivery;

import org.jspecify.annotations.NullMarked;
