package io.otlpevents.propagation.reactive;

import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.springframework.util.ClassUtils;
import reactor.util.context.ContextView;

/** The trace context in Reactor's context. */
public final class ReactorTraceContext {

  /** The key of OpenTelemetry's {@link Context} in Reactor's. */
  public static final String KEY = "io.otlpevents.trace-context";

  private static final boolean SNAPSHOTS =
      ClassUtils.isPresent(
          "io.micrometer.context.ContextSnapshotFactory",
          ReactorTraceContext.class.getClassLoader());

  private ReactorTraceContext() {}

  /**
   * Makes current on this thread what Reactor's context says: everything that Micrometer's Context
   * Propagation knows of, if it is on the class path, and what this library has put there. Nothing
   * is asked of the mode that Reactor is in.
   *
   * @return restores what was current before; closed on the same thread
   */
  @SuppressWarnings("MustBeClosedChecker") // Closed with what is returned.
  public static Scope makeCurrent(ContextView view) {
    Scope snapshot = SNAPSHOTS ? Snapshots.open(view) : Scope.noop();
    if (view.getOrDefault(KEY, null) instanceof Context context
        && !Span.current().getSpanContext().isValid()) {
      Scope own = context.makeCurrent();
      return () -> {
        own.close();
        snapshot.close();
      };
    }
    return snapshot;
  }

  /** Keeps the optional library apart. */
  private static final class Snapshots {

    private static final ContextSnapshotFactory FACTORY = ContextSnapshotFactory.builder().build();

    static Scope open(ContextView view) {
      return FACTORY.setThreadLocalsFrom(view)::close;
    }
  }
}
