/** Carries the trace context into servlets. */
@NullMarked
package io.otlpevents.propagation.servlet;

import org.jspecify.annotations.NullMarked;
