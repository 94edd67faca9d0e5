@NullMarked
package io.otlpevents.propagation.kafka;

import org.jspecify.annotations.NullMarked;
