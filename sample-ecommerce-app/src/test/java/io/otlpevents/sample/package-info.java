/** The shop as a whole, over HTTP. */
@NullMarked
package io.otlpevents.sample;

import org.jspecify.annotations.NullMarked;
