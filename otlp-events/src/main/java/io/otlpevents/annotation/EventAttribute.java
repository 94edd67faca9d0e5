package io.otlpevents.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Records a parameter of a method annotated with {@link EmitEvent} as an attribute of its event.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface EventAttribute {

  /** The attribute's key; the parameter's name when empty. */
  String value() default "";
}
