@NullMarked
package io.otlpevents.propagation;

import org.jspecify.annotations.NullMarked;
