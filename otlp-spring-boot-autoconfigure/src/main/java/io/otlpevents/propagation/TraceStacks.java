package io.otlpevents.propagation;

import io.opentelemetry.api.trace.SpanContext;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The application's tracers, found when they are first needed. Safe for any number of threads.
 * Tells once in the log if there are several.
 */
public final class TraceStacks {

  private static final Log log = LogFactory.getLog(TracePropagation.class);

  private final Supplier<? extends @Nullable List<TraceStack>> source;
  private volatile @Nullable List<TraceStack> found;

  /**
   * Creates it.
   *
   * @param source the tracers, the decisive one first; asked until it knows, so null means that it
   *     is not known yet
   */
  public TraceStacks(Supplier<? extends @Nullable List<TraceStack>> source) {
    this.source = source;
  }

  private List<TraceStack> all() {
    List<TraceStack> stacks = found;
    return stacks != null ? stacks : find();
  }

  private synchronized List<TraceStack> find() {
    List<TraceStack> stacks = found;
    if (stacks == null) {
      stacks = source.get();
      if (stacks == null) {
        return List.of();
      }
      stacks = List.copyOf(stacks);
      found = stacks;
      if (stacks.size() > 1) {
        log.warn(
            "Several tracers are active: "
                + stacks.stream().map(TraceStack::name).collect(Collectors.joining(", "))
                + ". Each makes spans of its own for the same request. Keep one of them; until"
                + " then the context of "
                + stacks.get(0).name()
                + " is the one that events and outgoing messages get.");
      }
    }
    return stacks;
  }

  /** The one that decides; null if there is none. */
  @Nullable TraceStack first() {
    List<TraceStack> stacks = all();
    return stacks.isEmpty() ? null : stacks.get(0);
  }

  /** A task with the spans of tracers that keep them outside of OpenTelemetry's context. */
  Runnable wrap(Runnable task) {
    Runnable wrapped = task;
    for (TraceStack stack : all()) {
      if (!stack.usesOpenTelemetryContext()) {
        wrapped = stack.wrap(wrapped);
      }
    }
    return wrapped;
  }

  /** The valid span of a tracer that keeps spans outside of OpenTelemetry's context; or invalid. */
  SpanContext currentSpan() {
    List<TraceStack> stacks = all();
    for (int i = 0; i < stacks.size(); i++) {
      TraceStack stack = stacks.get(i);
      // What is in OpenTelemetry's context has been looked for by now.
      if (!stack.usesOpenTelemetryContext()) {
        SpanContext span = stack.currentSpan();
        if (span.isValid()) {
          return span;
        }
      }
    }
    return SpanContext.getInvalid();
  }
}
