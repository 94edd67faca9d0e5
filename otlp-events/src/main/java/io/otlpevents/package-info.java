/** The API for emitting business events as OpenTelemetry log records. */
@NullMarked
package io.otlpevents;

import org.jspecify.annotations.NullMarked;
