/** Carries the trace context into WebFlux and along Reactor's chains. */
@NullMarked
package io.otlpevents.propagation.reactive;

import org.jspecify.annotations.NullMarked;
