/** Emits the events of methods annotated with {@code @EmitEvent}. */
@NullMarked
package io.otlpevents.aop;

import org.jspecify.annotations.NullMarked;
