package io.otlpevents.annotation;

import io.otlpevents.Sensitivity;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Keeps a value out of events. On a parameter of a method annotated with {@link EmitEvent}, on a
 * record component, a field or a getter: whenever the value would be recorded, as an attribute or
 * within a payload, what {@link #value()} says is recorded instead. On a method annotated with
 * {@link EmitEvent} it covers the method's result.
 *
 * <p>An object with such properties that is recorded as an attribute is not asked for its {@code
 * toString()} but taken apart like a payload, or masked as a whole where Jackson 3 is missing.
 * Conditions ({@link EmitEvent#when()}) see the value in the clear, for they are not recorded. What
 * the application itself puts into texts, such as messages of exceptions, is not found.
 */
@Documented
@Target({
  ElementType.PARAMETER,
  ElementType.RECORD_COMPONENT,
  ElementType.FIELD,
  ElementType.METHOD
})
@Retention(RetentionPolicy.RUNTIME)
public @interface Sensitive {

  /** What is recorded instead. */
  Sensitivity value() default Sensitivity.MASK;
}
