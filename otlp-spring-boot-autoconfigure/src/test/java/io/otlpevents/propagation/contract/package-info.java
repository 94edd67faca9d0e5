/** What holds for each server, client and tracer; made to be run with other tracers, too. */
@NullMarked
package io.otlpevents.propagation.contract;

import org.jspecify.annotations.NullMarked;
