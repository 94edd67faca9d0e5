/** Annotations that turn method calls into events. */
@NullMarked
package io.otlpevents.annotation;

import org.jspecify.annotations.NullMarked;
