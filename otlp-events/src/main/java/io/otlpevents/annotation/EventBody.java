package io.otlpevents.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Records a component or getter of a {@link BusinessEvent} as the event's body instead of an
 * attribute: a text as the display text, bytes as bytes, anything else as a structured body. At
 * most one of each event; without effect within nested records.
 */
@Documented
@Target({ElementType.RECORD_COMPONENT, ElementType.METHOD, ElementType.FIELD})
@Retention(RetentionPolicy.RUNTIME)
public @interface EventBody {}
