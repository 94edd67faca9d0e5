/** The example of docs/testing.md. */
@NullMarked
package io.otlpevents.test.example;

import org.jspecify.annotations.NullMarked;
