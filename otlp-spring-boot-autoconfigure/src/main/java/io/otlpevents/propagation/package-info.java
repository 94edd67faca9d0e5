/**
 * Carries the trace context from what arrives to what leaves: the W3C's formats, and the decision
 * who has a say. Knows nothing of servers, clients and brokers.
 */
@NullMarked
package io.otlpevents.propagation;

import org.jspecify.annotations.NullMarked;
