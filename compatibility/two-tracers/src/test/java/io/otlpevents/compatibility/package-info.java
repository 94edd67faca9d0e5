@NullMarked
package io.otlpevents.compatibility;

import org.jspecify.annotations.NullMarked;
