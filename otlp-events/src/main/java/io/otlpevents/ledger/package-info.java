/** Counts the fate of every event, each under a named reason. */
@NullMarked
package io.otlpevents.ledger;

import org.jspecify.annotations.NullMarked;
