/** Objects of annotated classes as events: what is read of them, once for each class. */
@NullMarked
package io.otlpevents.typed;

import org.jspecify.annotations.NullMarked;
