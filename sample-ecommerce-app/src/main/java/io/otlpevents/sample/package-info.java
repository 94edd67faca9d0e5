/** A small shop whose business events leave as OpenTelemetry log records. */
@NullMarked
package io.otlpevents.sample;

import org.jspecify.annotations.NullMarked;
