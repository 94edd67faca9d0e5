/**
 * Measures the engine next to its peers: {@link io.otlpevents.benchmarks.EmitBenchmark emit},
 * {@link io.otlpevents.benchmarks.DeliveryHarness delivery} and {@link
 * io.otlpevents.benchmarks.OutageHarness outage}.
 */
@NullMarked
package io.otlpevents.benchmarks;

import org.jspecify.annotations.NullMarked;
