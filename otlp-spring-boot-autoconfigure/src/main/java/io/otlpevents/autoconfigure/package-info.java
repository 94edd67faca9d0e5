/** Beans, conditions and properties for Spring Boot. */
@NullMarked
package io.otlpevents.autoconfigure;

import org.jspecify.annotations.NullMarked;
