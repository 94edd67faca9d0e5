/** A bounded, in-memory OTLP receiver for logs, for development and tests; no Spring. */
@NullMarked
package io.otlpevents.console;

import org.jspecify.annotations.NullMarked;
