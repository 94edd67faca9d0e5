@NullMarked
package io.otlpevents.propagation.client;

import org.jspecify.annotations.NullMarked;
