@NullMarked
package io.otlpevents.autoconfigure;

import org.jspecify.annotations.NullMarked;
