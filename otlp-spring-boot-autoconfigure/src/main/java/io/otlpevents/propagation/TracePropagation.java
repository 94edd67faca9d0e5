package io.otlpevents.propagation;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiPredicate;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Carries the trace context from what arrives to what leaves. Decides anew for each message who has
 * a say:
 *
 * <ul>
 *   <li>a span that is current already is left alone;
 *   <li>where the application has a tracer, its propagator is used, and switched-off propagation
 *       stays off;
 *   <li>otherwise the formats and the {@link PropagationMode} of this library.
 * </ul>
 *
 * <p>Safe for any number of threads. Never throws because of what is in a message.
 */
public final class TracePropagation {

  /** The headers of all formats that this library knows. */
  private static final List<String> KNOWN_FIELDS =
      List.of(
          "traceparent",
          "tracestate",
          "baggage",
          "b3",
          "X-B3-TraceId",
          "X-B3-SpanId",
          "X-B3-ParentSpanId",
          "X-B3-Sampled",
          "X-B3-Flags");

  private static final Log log = LogFactory.getLog(TracePropagation.class);

  private final AtomicBoolean told = new AtomicBoolean();
  private final PropagationMode mode;
  private final double sampledRatio;
  private final TextMapPropagator own;
  private final TraceStacks stacks;

  private TracePropagation(Builder builder) {
    this.mode = builder.mode;
    this.sampledRatio = builder.sampledRatio;
    this.own =
        new FormatsPropagator(
            builder.formats.stream().map(format -> format.propagator(builder.limits)).toList());
    this.stacks = builder.stacks;
  }

  /** Starts with the defaults: no tracer, forward, the W3C's formats. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Whether there is no tracer, so that this library alone carries the context. Known once the
   * application's beans are.
   */
  public boolean alone() {
    return stacks.first() == null;
  }

  /** {@link #incoming(Context, Object, TextMapGetter)} with the context of this thread. */
  public <C> @Nullable Context incoming(C carrier, TextMapGetter<C> getter) {
    return incoming(Context.current(), carrier, getter);
  }

  /**
   * Reads what arrives.
   *
   * @param current what is current where the message is handled
   * @param getter gets every value of a header in {@link TextMapGetter#getAll}; where names of
   *     headers have no case, ignores theirs
   * @return what has to be made current while the message is handled; null if nothing has to be
   *     done, because a span is current, or a tracer takes care, or nothing came in
   */
  public <C> @Nullable Context incoming(Context current, C carrier, TextMapGetter<C> getter) {
    try {
      return read(current, carrier, getter);
    } catch (RuntimeException e) {
      tell("read", e);
      return null;
    }
  }

  private <C> @Nullable Context read(Context current, C carrier, TextMapGetter<C> getter) {
    if (Span.fromContext(current).getSpanContext().isValid()) {
      return null;
    }
    TraceStack stack = stacks.first();
    if (stack == null) {
      return incomingAlone(current, carrier, getter);
    }
    if (!stack.usesOpenTelemetryContext() || stacks.currentSpan().isValid()) {
      return null;
    }
    TextMapPropagator propagator = stack.propagator();
    if (propagator.fields().isEmpty()) {
      return null;
    }
    Context arrived = propagator.extract(current, carrier, getter);
    return arrived == current ? null : arrived;
  }

  private <C> @Nullable Context incomingAlone(Context current, C carrier, TextMapGetter<C> getter) {
    if (own.fields().isEmpty() || OwnTrace.localTrace(current).isValid()) {
      return null;
    }
    Context arrived = own.extract(current, carrier, getter);
    SpanContext span = Span.fromContext(arrived).getSpanContext();
    if (mode == PropagationMode.PARTICIPATE) {
      return OwnTrace.withHop(arrived, span, sampledRatio);
    }
    return span.isValid() ? arrived : OwnTrace.withLocalTrace(arrived);
  }

  /**
   * Writes to a message that leaves, replacing what the setter replaces. For carriers that are
   * passed on with the headers they came with, such as Kafka's.
   *
   * @param setter replaces headers of the same name
   */
  public <C> void outgoing(Context current, C carrier, TextMapSetter<C> setter) {
    try {
      TextMapPropagator propagator = propagator();
      if (!propagator.fields().isEmpty()) {
        propagator.inject(leaving(current), carrier, setter);
      }
    } catch (RuntimeException e) {
      tell("written", e);
    }
  }

  /**
   * Writes to a request that leaves, unless the user or a tracer has done so: a trace is left out
   * if any header of one is there, baggage if its header is there. Does nothing where the tracer
   * {@link TraceStack#writesBelowHttpClients writes below the clients}.
   *
   * @param present whether the carrier has a header
   */
  public <C> void outgoingIfAbsent(
      Context current, C carrier, TextMapSetter<C> setter, BiPredicate<C, String> present) {
    try {
      writeIfAbsent(current, carrier, setter, present);
    } catch (RuntimeException e) {
      tell("written", e);
    }
  }

  private <C> void writeIfAbsent(
      Context current, C carrier, TextMapSetter<C> setter, BiPredicate<C, String> present) {
    if (isWrittenBelow()) {
      return;
    }
    TextMapPropagator propagator = propagator();
    Collection<String> fields = propagator.fields();
    if (fields.isEmpty()) {
      return;
    }
    boolean hasTrace = false;
    for (String field : fields) {
      if (!isBaggage(field) && present.test(carrier, field)) {
        hasTrace = true;
      }
    }
    boolean keepsTrace = hasTrace;
    propagator.inject(
        keepsTrace ? current : leaving(current),
        carrier,
        (target, key, value) -> {
          if (isBaggage(key) ? !present.test(carrier, key) : !keepsTrace) {
            setter.set(target, key, value);
          }
        });
  }

  /**
   * Writes to a request that a gateway passes on. Headers that it has copied are replaced by what
   * this application has to say, so that they neither leave next to it nor by themselves; headers
   * that somebody has set on the way are kept. Where nothing is known of the request that came in,
   * or the tracer {@link TraceStack#writesBelowHttpClients writes below the clients}, the copies
   * are kept, too.
   *
   * @param allowed whether a context may leave; if not, the copies are removed
   */
  public void relay(Context current, RelayedHeaders headers, boolean allowed) {
    try {
      replaceCopies(current, headers, allowed);
    } catch (RuntimeException e) {
      tell("written", e);
    }
  }

  private void replaceCopies(Context current, RelayedHeaders headers, boolean allowed) {
    TextMapPropagator propagator = propagator();
    Collection<String> fields = propagator.fields();
    if (!allowed && alone()) {
      // Also those of formats that this application does not use.
      for (String field : KNOWN_FIELDS) {
        if (!headers.isChanged(field)) {
          headers.remove(field);
        }
      }
    }
    if (fields.isEmpty() || allowed && (isWrittenBelow() || !isKnown(current))) {
      return;
    }
    boolean hasTrace = false;
    boolean hasBaggage = false;
    for (String field : fields) {
      if (headers.isChanged(field)) {
        hasTrace |= !isBaggage(field);
        hasBaggage |= isBaggage(field);
      }
    }
    boolean keepsTrace = hasTrace;
    boolean keepsBaggage = hasBaggage;
    for (String field : fields) {
      if (isBaggage(field) ? !keepsBaggage : !keepsTrace) {
        headers.remove(field);
      }
    }
    if (allowed) {
      propagator.inject(
          keepsTrace ? current : leaving(current),
          headers,
          (target, key, value) -> {
            if (isBaggage(key) ? !keepsBaggage : !keepsTrace) {
              headers.set(key, value);
            }
          });
    }
  }

  private boolean isWrittenBelow() {
    TraceStack stack = stacks.first();
    return stack != null && stack.writesBelowHttpClients();
  }

  /** Whether a server's filter, of this library or of a tracer, has read what came in. */
  private boolean isKnown(Context current) {
    return Span.fromContext(current).getSpanContext().isValid()
        || OwnTrace.localTrace(current).isValid()
        || stacks.currentSpan().isValid();
  }

  /**
   * A task for another thread that has the context, and the span, which are current on this one.
   *
   * @return the same task if nothing is current
   */
  public Runnable wrap(Runnable task) {
    Context current = Context.current();
    Runnable wrapped = current == Context.root() ? task : current.wrap(task);
    try {
      return stacks.wrap(wrapped);
    } catch (RuntimeException e) {
      tell("taken along", e);
      return wrapped;
    }
  }

  /** A propagator or a carrier failed, which is no reason to fail the message. */
  private void tell(String what, RuntimeException e) {
    if (told.compareAndSet(false, true)) {
      log.warn("A trace context could not be " + what + "; this is not told again", e);
    }
  }

  private static boolean isBaggage(String field) {
    return field.equalsIgnoreCase(W3cBaggagePropagator.BAGGAGE);
  }

  /** The names of the headers that {@link #outgoing} may write; empty if it writes none. */
  public Collection<String> fields() {
    return propagator().fields();
  }

  private TextMapPropagator propagator() {
    TraceStack stack = stacks.first();
    return stack == null ? own : stack.propagator();
  }

  /**
   * What one message takes along: each gets a parent id of its own where this library takes part.
   */
  private Context leaving(Context current) {
    SpanContext span = Span.fromContext(current).getSpanContext();
    if (OwnTrace.isHop(current, span)) {
      return current.with(Span.wrap(OwnTrace.below(span)));
    }
    if (!span.isValid() && mode == PropagationMode.PARTICIPATE && alone()) {
      return current.with(Span.wrap(OwnTrace.originate(sampledRatio)));
    }
    return current;
  }

  /** Builds a {@link TracePropagation}; for one thread. */
  public static final class Builder {

    private PropagationMode mode = PropagationMode.FORWARD;
    private List<PropagationFormat> formats =
        List.of(PropagationFormat.W3C, PropagationFormat.BAGGAGE);
    private BaggageLimits limits = BaggageLimits.defaults();
    private double sampledRatio = 0.1;
    private TraceStacks stacks = new TraceStacks(List::of);

    private Builder() {}

    /** Sets what becomes of a trace where there is no tracer. */
    public Builder mode(PropagationMode mode) {
      this.mode = mode;
      return this;
    }

    /**
     * Sets the formats where there is no tracer: all are written, and of those that come in the
     * first one wins. None means that nothing is read or written.
     */
    public Builder formats(List<PropagationFormat> formats) {
      this.formats = new ArrayList<>(formats);
      return this;
    }

    /** Sets how much baggage is carried on where there is no tracer. */
    public Builder baggage(BaggageLimits limits) {
      this.limits = limits;
      return this;
    }

    /** Sets how many of the traces that begin here are marked as sampled, from 0 to 1. */
    public Builder sampledRatio(double ratio) {
      this.sampledRatio = ratio;
      return this;
    }

    /** Sets the application's tracers; none unless set. */
    public Builder stacks(TraceStacks stacks) {
      this.stacks = stacks;
      return this;
    }

    /** Builds it. */
    public TracePropagation build() {
      return new TracePropagation(this);
    }
  }
}
