/** Carries the trace context through gateways, which copy the headers that come in. */
@NullMarked
package io.otlpevents.propagation.gateway;

import org.jspecify.annotations.NullMarked;
