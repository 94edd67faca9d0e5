/**
 * Assembles an engine: admission and encoding on the caller's thread, the journal, the dispatchers.
 */
@NullMarked
package io.otlpevents.pipeline;

import org.jspecify.annotations.NullMarked;
