package io.otlpevents.aop;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.SpelEvaluationException;
import org.springframework.expression.spel.SpelMessage;

/** How one method becomes an event; made once for the method, used by any number of threads. */
final class EmitEventPlan {

  private static final Log log = LogFactory.getLog(EmitEventPlan.class);

  private final String method;
  private final String name;
  private final EventType type;
  private final Severity severity;
  private final Severity failureSeverity;
  private final boolean onSuccess;
  private final boolean onFailure;
  private final List<ArgumentAttribute> arguments;
  private final List<ExpressionAttribute> expressions;
  private final Map<String, Integer> variables;
  private final AtomicBoolean warned = new AtomicBoolean();

  EmitEventPlan(
      String method,
      String name,
      EventType type,
      Severity severity,
      boolean onSuccess,
      boolean onFailure,
      List<ArgumentAttribute> arguments,
      List<ExpressionAttribute> expressions,
      Map<String, Integer> variables) {
    this.method = method;
    this.name = name;
    this.type = type;
    this.severity = severity;
    this.failureSeverity =
        severity.getSeverityNumber() < Severity.ERROR.getSeverityNumber()
            ? Severity.ERROR
            : severity;
    this.onSuccess = onSuccess;
    this.onFailure = onFailure;
    this.arguments = List.copyOf(arguments);
    this.expressions = List.copyOf(expressions);
    this.variables = Map.copyOf(variables);
  }

  boolean emitsOnSuccess() {
    return onSuccess;
  }

  boolean emitsOnFailure() {
    return onFailure;
  }

  /** Emits the event of one call; whatever goes wrong stays in here. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  void emit(
      EmitterSource emitters,
      Context context,
      @Nullable Object[] callArguments,
      @Nullable Object result,
      @Nullable Throwable error) {
    try {
      EventBuilder event =
          emitters
              .emitter()
              .event(name)
              .type(type)
              .severity(error == null ? severity : failureSeverity);
      if (context != Context.root()) {
        // Otherwise the emitter looks where tracers of other kinds keep their spans.
        event.context(context);
      }
      for (int i = 0; i < arguments.size(); i++) {
        ArgumentAttribute attribute = arguments.get(i);
        event.attribute(attribute.key(), callArguments[attribute.index()]);
      }
      if (!expressions.isEmpty()) {
        addExpressions(event, new CallContext(variables, callArguments, result, error));
      }
      if (error != null) {
        event.exception(error);
      }
      EmitResult outcome = event.emit();
      if (outcome == EmitResult.ENCODING_FAILED || outcome == EmitResult.INVALID) {
        warn("The event was refused as " + outcome, null);
      }
    } catch (Throwable failure) { // not even an Error of event code may reach the business code
      warn("The event was not emitted", failure);
    }
  }

  private void addExpressions(EventBuilder event, CallContext call) {
    for (int i = 0; i < expressions.size(); i++) {
      ExpressionAttribute attribute = expressions.get(i);
      Object value;
      try {
        value = attribute.expression().getValue(call);
      } catch (Throwable failure) {
        if (!isReadOfNull(failure)) {
          warn("Attribute '" + attribute.key() + "' was left out", failure);
        }
        continue;
      }
      event.attribute(attribute.key(), value);
    }
  }

  /** A null on the way to a value makes the value null, for example the result of a failed call. */
  private static boolean isReadOfNull(Throwable failure) {
    if (!(failure instanceof SpelEvaluationException evaluation)) {
      return false;
    }
    SpelMessage code = evaluation.getMessageCode();
    return code == SpelMessage.PROPERTY_OR_FIELD_NOT_READABLE_ON_NULL
        || code == SpelMessage.CANNOT_INDEX_INTO_NULL_VALUE;
  }

  private void warn(String what, @Nullable Throwable failure) {
    try {
      if (warned.compareAndSet(false, true)) {
        log.warn(
            what
                + ": @EmitEvent(\""
                + name
                + "\") on "
                + method
                + ". The method itself is not affected. Further failures of it are logged at debug"
                + " level.",
            failure);
      } else {
        log.debug(what + ": @EmitEvent(\"" + name + "\") on " + method, failure);
      }
    } catch (Throwable ignored) { // a log that fails, or no memory to log with
      return;
    }
  }

  /** Where the emitter comes from; may throw, for example while the application shuts down. */
  @FunctionalInterface
  interface EmitterSource {
    EventEmitter emitter();
  }

  /**
   * A parameter that is recorded.
   *
   * @param key the attribute's key
   * @param index the parameter's position, from zero
   */
  record ArgumentAttribute(String key, int index) {}

  /**
   * An expression that is recorded.
   *
   * @param key the attribute's key
   * @param expression parsed and checked
   */
  record ExpressionAttribute(String key, Expression expression) {}
}
