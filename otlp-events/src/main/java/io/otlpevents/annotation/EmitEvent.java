package io.otlpevents.annotation;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.EventType;
import io.otlpevents.PayloadMode;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Repeatable;
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
 * <p>On a class or interface it applies to every public method that has none of its own. It can be
 * repeated, and put on other annotations whose attributes then stand for its own. It is seen on
 * interfaces and on overridden methods, too; the nearest declaration wins.
 *
 * <p>The event is tied to the span that is current when the method is called. A method that returns
 * a {@code CompletionStage}, a {@code Mono} or a {@code Flux}, or that is a {@code suspend}
 * function, ends when that does: the event is emitted then, with the time, the arguments and the
 * span of the call, or of the subscription. Cancellation is a failure.
 *
 * <p>Emitting never changes the method's result and never throws; a mistake in the annotation stops
 * the application's start.
 */
@Documented
@Inherited
@Repeatable(EmitEvents.class)
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface EmitEvent {

  /** The event's name: dotted, of low cardinality, never built from data. */
  String value();

  /** The kind of event. */
  EventType type() default EventType.BUSINESS_PROCESS;

  /**
   * The severity when the method returns. A failure is recorded with at least {@code ERROR}, a
   * cancellation with at least {@code WARN}.
   */
  Severity severity() default Severity.INFO;

  /** Which ends of the method emit an event. */
  Outcome on() default Outcome.SUCCESS;

  /** The exceptions that count as failures, with their subclasses; all when empty. */
  Class<? extends Throwable>[] errors() default {};

  /**
   * A condition, in the Spring Expression Language: no event unless it is true. Sees what {@link
   * #attributes()} see. A null on the way to a value is not true.
   */
  String when() default "";

  /**
   * Attributes as {@code key=expression}, in the Spring Expression Language. An expression sees the
   * arguments by name ({@code #order}) and by position ({@code #p0}), the result as {@code #result}
   * and a failure as {@code #error}. It can read properties, but neither assign, nor name types,
   * nor construct objects, nor reach beans.
   */
  String[] attributes() default {};

  /**
   * An expression whose value is the event's payload, most often {@value #RESULT} or the name of an
   * argument, such as {@code #order}; none when empty.
   */
  String payload() default "";

  /** How the payload is recorded, one at most; as the application has configured when empty. */
  PayloadMode[] payloadMode() default {};

  /**
   * Whether to record how long the call took, in seconds, as the attribute {@value
   * #DURATION_ATTRIBUTE}. The call ends when its result is complete.
   */
  boolean duration() default false;

  /**
   * When the event is emitted. Anything but {@link Phase#NOW} needs a transaction manager, and the
   * result at hand: not a future or publisher.
   */
  Phase phase() default Phase.NOW;

  /** What becomes of an event that waits for a transaction's end when there is no transaction. */
  WithoutTransaction withoutTransaction() default WithoutTransaction.EMIT;

  /**
   * The share of events to keep, 0 (none) to 1 (all), in addition to configured sampling. Of a
   * trace's events all are kept or none; what is left out is counted.
   */
  double sample() default 1;

  /** The name of the {@code EventEmitter} bean; the only or primary one when empty. */
  String emitter() default "";

  /** The payload is the method's result. */
  String RESULT = "#result";

  /** The attribute with the call's duration, a floating-point number of seconds. */
  String DURATION_ATTRIBUTE = "operation.duration";

  /** Which ends of a method emit an event. */
  enum Outcome {
    /** When it returns. */
    SUCCESS,
    /** When it throws. */
    FAILURE,
    /** Either way. */
    COMPLETION
  }

  /** When an event is emitted. */
  enum Phase {
    /** When the method has ended, and the transaction that it may have started with it. */
    NOW,
    /**
     * When the transaction in which the method ran has been committed; not if it is rolled back.
     */
    AFTER_COMMIT,
    /**
     * When the transaction in which the method ran has been rolled back; not if it is committed.
     */
    AFTER_ROLLBACK
  }

  /** What becomes of an event that waits for a transaction's end when there is no transaction. */
  enum WithoutTransaction {
    /** It is emitted at once. */
    EMIT,
    /** It is not emitted. */
    SKIP
  }
}
