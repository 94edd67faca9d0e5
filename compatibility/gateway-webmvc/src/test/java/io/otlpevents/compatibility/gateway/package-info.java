@NullMarked
package io.otlpevents.compatibility.gateway;

import org.jspecify.annotations.NullMarked;
