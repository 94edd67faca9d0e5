@NullMarked
package io.otlpevents.aop;

import org.jspecify.annotations.NullMarked;
