/** Runs an {@link io.otlpevents.console.OtlpReceiver} inside a Spring Boot application. */
@NullMarked
package io.otlpevents.console.autoconfigure;

import org.jspecify.annotations.NullMarked;
