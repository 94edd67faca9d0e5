/** Carries the trace context into requests that leave. */
@NullMarked
package io.otlpevents.propagation.client;

import org.jspecify.annotations.NullMarked;
