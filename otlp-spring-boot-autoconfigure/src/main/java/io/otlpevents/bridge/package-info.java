/** Spring's own events as events of the business. */
@NullMarked
package io.otlpevents.bridge;

import org.jspecify.annotations.NullMarked;
