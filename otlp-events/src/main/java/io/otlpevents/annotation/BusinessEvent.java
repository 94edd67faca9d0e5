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
 * Makes objects of a record or class events, for {@link io.otlpevents.EventEmitter#emit(Object)}
 * and for Spring's {@code ApplicationEventPublisher}.
 *
 * <pre>{@code
 * @BusinessEvent("cart.abandoned")
 * public record CartAbandoned(@EventAttribute("cart.id") String cartId, int itemCount, Customer customer) {}
 * }</pre>
 *
 * <p>Every component of a record is an attribute, and every public getter of another class, except
 * those it inherits from the JDK or from Spring:
 *
 * <ul>
 *   <li>The key is what {@link EventAttribute} says, otherwise the component's name in snake case:
 *       {@code itemCount} becomes {@code item_count}.
 *   <li>Records and maps within are taken apart, with dotted keys: {@code customer.tier}. Records
 *       in collections and arrays become maps. Other objects are recorded as their {@code
 *       toString()}.
 *   <li>Enums are recorded by name, dates and times as ISO 8601 text, an {@code Optional} as what
 *       it contains; null and empty ones are left out.
 *   <li>Of a component annotated with {@link Sensitive}, what that says is recorded.
 *   <li>One component may be the body, see {@link EventBody}.
 * </ul>
 *
 * <p>The class is looked at once. If an accessor throws, the event is refused as {@link
 * io.otlpevents.EmitResult#ENCODING_FAILED}; the caller does not see the exception.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface BusinessEvent {

  /** The event's name: dotted, of low cardinality, for example {@code cart.abandoned}. */
  String value();

  /** The kind of event. */
  EventType type() default EventType.BUSINESS_PROCESS;

  /** The severity. */
  Severity severity() default Severity.INFO;
}
