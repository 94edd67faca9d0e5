package io.otlpevents.annotation;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.EventType;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Emits an event when the annotated method ends.
 *
 * <pre>{@code
 * @EmitEvent(value = "order.placed", attributes = {"order.id=#result.id", "order.total=#order.total"})
 * public Order place(Order order) { … }
 * }</pre>
 *
 * <p>The event is tied to the span that is current when the method is called. Emitting never
 * changes the method's result and never throws; a mistake in an expression stops the application's
 * start.
 */
@Documented
@Inherited
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface EmitEvent {

  /** The event's name: dotted, of low cardinality, never built from data. */
  String value();

  /** The kind of event. */
  EventType type() default EventType.BUSINESS_PROCESS;

  /** The severity when the method returns. A failure is recorded with at least {@code ERROR}. */
  Severity severity() default Severity.INFO;

  /** Which ends of the method emit an event. */
  Outcome on() default Outcome.SUCCESS;

  /**
   * Attributes as {@code key=expression}, in the Spring Expression Language. An expression sees the
   * arguments by name ({@code #order}) and by position ({@code #p0}), the result as {@code #result}
   * and a failure as {@code #error}. It can read properties, but neither assign, nor name types,
   * nor construct objects, nor reach beans.
   */
  String[] attributes() default {};

  /** Which ends of a method emit an event. */
  enum Outcome {
    /** When it returns. */
    SUCCESS,
    /** When it throws. */
    FAILURE,
    /** Either way. */
    COMPLETION
  }
}
