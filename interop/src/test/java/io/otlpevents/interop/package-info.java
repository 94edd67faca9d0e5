/** Tests against the real OpenTelemetry Collector, and what they need to run it and read it. */
@NullMarked
package io.otlpevents.interop;

import org.jspecify.annotations.NullMarked;
