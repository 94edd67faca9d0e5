/** What makes the shop a demonstration: its traffic, and the receiver its events go to. */
@NullMarked
package io.otlpevents.sample.demo;

import org.jspecify.annotations.NullMarked;
