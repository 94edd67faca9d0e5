package io.otlpevents.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Records a value. On a parameter of a method annotated with {@link EmitEvent}: as an attribute of
 * its event. On record components, fields or getters of a class whose objects are payloads: only
 * the annotated ones are recorded, under the given keys.
 */
@Documented
@Target({
  ElementType.PARAMETER,
  ElementType.RECORD_COMPONENT,
  ElementType.FIELD,
  ElementType.METHOD
})
@Retention(RetentionPolicy.RUNTIME)
public @interface EventAttribute {

  /** The key; the name of the parameter or property when empty. */
  String value() default "";
}
