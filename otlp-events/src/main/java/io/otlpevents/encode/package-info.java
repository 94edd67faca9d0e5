/** Turns events into the bytes of OTLP log records. */
@NullMarked
package io.otlpevents.encode;

import org.jspecify.annotations.NullMarked;
