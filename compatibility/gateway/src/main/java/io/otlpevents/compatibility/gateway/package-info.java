/** A gateway between a client and a server, and what leaves it. */
@NullMarked
package io.otlpevents.compatibility.gateway;

import org.jspecify.annotations.NullMarked;
