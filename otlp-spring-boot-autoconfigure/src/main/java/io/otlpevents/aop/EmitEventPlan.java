package io.otlpevents.aop;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.context.Context;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventType;
import io.otlpevents.PayloadMode;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EmitEvent.Phase;
import io.otlpevents.annotation.EmitEvent.WithoutTransaction;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** How the calls of one method become events; made once, used by any number of threads. */
final class EmitEventPlan {

  private static final Log log = LogFactory.getLog(EmitEventPlan.class);
  private static final double NANOS_PER_SECOND = 1e9;

  private final String method;
  private final Settings settings;
  private final Severity failureSeverity;
  private final Severity cancellationSeverity;
  private final Attribute[] attributes;
  private final Function<String, EventEmitter> emitters;
  private final AtomicBoolean warned = new AtomicBoolean();
  private volatile @Nullable EventEmitter emitter;

  /**
   * @param method its name with its class
   * @param emitters finds an emitter by its bean name, empty for the only or primary one
   */
  EmitEventPlan(String method, Settings settings, Function<String, EventEmitter> emitters) {
    this.method = method;
    this.settings = settings;
    this.failureSeverity = atLeast(Severity.ERROR, settings.severity());
    this.cancellationSeverity = atLeast(Severity.WARN, settings.severity());
    this.attributes = settings.attributes().toArray(Attribute[]::new);
    this.emitters = emitters;
  }

  private static Severity atLeast(Severity least, Severity severity) {
    return severity.getSeverityNumber() < least.getSeverityNumber() ? least : severity;
  }

  Phase phase() {
    return settings.phase();
  }

  boolean isTimed() {
    return settings.duration();
  }

  /** The bean name of the emitter; empty for the only or primary one. */
  String emitterName() {
    return settings.emitter();
  }

  /** Emits the event of a call that has ended; whatever goes wrong stays in here. */
  void emit(Call call) {
    try {
      if (concerns(call.error) && holds(call)) {
        if (settings.phase() == Phase.NOW) {
          tellRefusal(build(call).emit());
        } else {
          emitInPhase(call);
        }
      }
    } catch (Throwable failure) { // not even an Error of event code may reach the business code
      warn("The event was not emitted", failure);
    }
  }

  private void emitInPhase(Call call) {
    EndOfTransaction end = EndOfTransaction.of(call);
    if (end != null) {
      end.await(settings.phase(), build(call).defer(), this);
    } else if (settings.withoutTransaction() == WithoutTransaction.EMIT) {
      tellRefusal(build(call).emit());
    }
  }

  private boolean concerns(@Nullable Throwable error) {
    if (error == null) {
      return settings.on() != EmitEvent.Outcome.FAILURE;
    }
    if (settings.on() == EmitEvent.Outcome.SUCCESS) {
      return false;
    }
    if (settings.errors().isEmpty()) {
      return true;
    }
    for (Class<? extends Throwable> counted : settings.errors()) {
      if (counted.isInstance(error)) {
        return true;
      }
    }
    return false;
  }

  private boolean holds(Call call) {
    CallValue condition = settings.when();
    if (condition == null) {
      return true;
    }
    try {
      Object value = condition.read(call);
      if (value == null || value instanceof Boolean) {
        return value != null && (Boolean) value;
      }
      warn("The condition is neither true nor false, so the event was not emitted", null);
    } catch (Throwable failure) {
      warn("The condition could not be evaluated, so the event was not emitted", failure);
    }
    return false;
  }

  private EventBuilder build(Call call) {
    EventBuilder event = emitter().event(settings.name());
    if (call.context != Context.root()) {
      // Otherwise the emitter looks where tracers of other kinds keep their spans.
      event.context(call.context);
    }
    event.type(settings.type()).severity(severity(call.error));
    if (settings.sample() < 1) {
      event.sample(settings.sample());
    }
    if (call.epochNanos > 0) {
      event.timestamp(call.epochNanos);
    }
    for (Attribute attribute : attributes) {
      Object value;
      try {
        value = attribute.value().read(call);
      } catch (Throwable failure) {
        warn("Attribute '" + attribute.key() + "' was left out", failure);
        continue;
      }
      if (value instanceof String text) {
        event.attribute(attribute.key(), text);
      } else {
        event.attribute(attribute.key(), value);
      }
    }
    if (settings.duration()) {
      event.attribute(
          EmitEvent.DURATION_ATTRIBUTE, (System.nanoTime() - call.startNanos) / NANOS_PER_SECOND);
    }
    addPayload(event, call);
    if (call.error != null) {
      event.exception(call.error);
    }
    return event;
  }

  private Severity severity(@Nullable Throwable error) {
    if (error == null) {
      return settings.severity();
    }
    return error instanceof CancellationException ? cancellationSeverity : failureSeverity;
  }

  private void addPayload(EventBuilder event, Call call) {
    CallValue payload = settings.payload();
    if (payload == null) {
      return;
    }
    try {
      Object value = payload.read(call);
      PayloadMode mode = settings.payloadMode();
      if (mode == null) {
        event.payload(value);
      } else {
        event.payload(value, mode);
      }
    } catch (Throwable failure) {
      warn("The payload was left out", failure);
    }
  }

  private EventEmitter emitter() {
    EventEmitter present = emitter;
    if (present == null) {
      present = emitters.apply(settings.emitter());
      emitter = present;
    }
    return present;
  }

  void tellRefusal(EmitResult outcome) {
    if (outcome == EmitResult.ENCODING_FAILED || outcome == EmitResult.INVALID) {
      warn("The event was refused as " + outcome, null);
    }
  }

  /** Warns the first time, and tells the rest at debug level. */
  void warn(String what, @Nullable Throwable failure) {
    try {
      if (warned.compareAndSet(false, true)) {
        log.warn(
            what
                + ": @EmitEvent(\""
                + settings.name()
                + "\") on "
                + method
                + ". The method itself is not affected. Further failures of it are logged at debug"
                + " level.",
            failure);
      } else {
        log.debug(what + ": @EmitEvent(\"" + settings.name() + "\") on " + method, failure);
      }
    } catch (Throwable ignored) { // a log that fails, or no memory to log with
      return;
    }
  }

  /**
   * What is recorded under a key.
   *
   * @param key the attribute's key
   * @param value where its value comes from
   */
  record Attribute(String key, CallValue value) {}

  /**
   * The annotation, checked and made ready.
   *
   * @param when null for always
   * @param payload null for none
   * @param payloadMode null for the emitter's
   */
  record Settings(
      String name,
      EventType type,
      Severity severity,
      EmitEvent.Outcome on,
      List<Class<? extends Throwable>> errors,
      @Nullable CallValue when,
      List<Attribute> attributes,
      @Nullable CallValue payload,
      @Nullable PayloadMode payloadMode,
      boolean duration,
      Phase phase,
      WithoutTransaction withoutTransaction,
      double sample,
      String emitter) {}
}
