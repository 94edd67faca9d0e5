@NullMarked
package io.otlpevents.propagation.servlet;

import org.jspecify.annotations.NullMarked;
