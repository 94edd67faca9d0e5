/** An application on whose class path something else makes spans or sends logs. */
@NullMarked
package io.otlpevents.compatibility;

import org.jspecify.annotations.NullMarked;
