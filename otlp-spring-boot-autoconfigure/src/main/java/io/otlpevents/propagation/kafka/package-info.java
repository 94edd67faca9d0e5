/** Carries the trace context through Spring Kafka, and makes spans where there is a tracer. */
@NullMarked
package io.otlpevents.propagation.kafka;

import org.jspecify.annotations.NullMarked;
