/**
 * The command-line reader of a journal's directory, for people on call. Needs nothing but the JDK
 * at run time.
 */
@NullMarked
package io.otlpevents.inspect;

import org.jspecify.annotations.NullMarked;
