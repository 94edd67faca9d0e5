package io.otlpevents.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Records a parameter of a method annotated with {@link EmitEvent} as an attribute of its event, or
 * names the attribute of a record component, getter or field of a {@link BusinessEvent}.
 */
@Documented
@Target({
  ElementType.PARAMETER,
  ElementType.RECORD_COMPONENT,
  ElementType.METHOD,
  ElementType.FIELD
})
@Retention(RetentionPolicy.RUNTIME)
public @interface EventAttribute {

  /**
   * The attribute's key; when empty, the parameter's name, or a component's name in snake case.
   * Within a nested record it follows the key of the component that holds it: {@code
   * customer.tier}.
   */
  String value() default "";
}
