/** Shows operators how events are doing: endpoint, health and meters. Changes nothing. */
@NullMarked
package io.otlpevents.actuate;

import org.jspecify.annotations.NullMarked;
