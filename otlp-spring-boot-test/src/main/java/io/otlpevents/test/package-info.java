/** Emitted events in tests. */
@NullMarked
package io.otlpevents.test;

import org.jspecify.annotations.NullMarked;
