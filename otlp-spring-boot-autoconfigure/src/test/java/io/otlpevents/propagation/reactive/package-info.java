@NullMarked
package io.otlpevents.propagation.reactive;

import org.jspecify.annotations.NullMarked;
