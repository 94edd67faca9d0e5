@NullMarked
package io.otlpevents.benchmarks;

import org.jspecify.annotations.NullMarked;
