/** What makes the shop a demonstration. */
@NullMarked
package io.otlpevents.sample.demo;

import org.jspecify.annotations.NullMarked;
