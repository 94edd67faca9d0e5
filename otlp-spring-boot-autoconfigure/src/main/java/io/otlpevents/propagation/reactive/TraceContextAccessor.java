package io.otlpevents.propagation.reactive;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's Context Propagation carry OpenTelemetry's context between threads and Reactor.
 * Only for applications without a tracer: next to one it would put the caller's span above the
 * tracer's.
 */
public final class TraceContextAccessor implements ThreadLocalAccessor<Context> {

  private static int users;

  private TraceContextAccessor() {}

  /** Registers the accessor, until as many have released it as have registered it. */
  public static synchronized void register() {
    if (users++ == 0) {
      ContextRegistry.getInstance().registerThreadLocalAccessor(new TraceContextAccessor());
    }
  }

  /** Removes the accessor if nobody else has registered it. */
  public static synchronized void release() {
    if (--users == 0) {
      ContextRegistry.getInstance().removeThreadLocalAccessor(ReactorTraceContext.KEY);
    }
  }

  @Override
  public Object key() {
    return ReactorTraceContext.KEY;
  }

  @Override
  public @Nullable Context getValue() {
    Context current = Context.current();
    return current == Context.root() ? null : current;
  }

  @Override
  public void setValue(Context value) {
    attach(value);
  }

  @Override
  public void setValue() {
    attach(Context.root());
  }

  @Override
  public void restore(Context previous) {
    attach(previous);
  }

  /** The library that calls this keeps what was there before, and sets it again. */
  @SuppressWarnings("MustBeClosedChecker")
  private static void attach(Context context) {
    Scope unused = context.makeCurrent();
    assert unused != null;
  }
}
