package io.otlpevents.aop;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.springframework.util.ClassUtils;
import reactor.util.context.ContextView;

/**
 * The span of a subscription: what the subscriber's context holds, if context-propagation is there
 * to tell; else what is current on the subscribing thread; else that of the call.
 */
final class SubscriptionContext {

  private static final boolean PROPAGATION =
      ClassUtils.isPresent(
          "io.micrometer.context.ContextSnapshotFactory",
          SubscriptionContext.class.getClassLoader());

  private SubscriptionContext() {}

  static Context of(ContextView view, Call call) {
    Context subscribed = subscribed(view);
    return Span.fromContext(subscribed).getSpanContext().isValid() ? subscribed : call.context;
  }

  private static Context subscribed(ContextView view) {
    try {
      return PROPAGATION && !view.isEmpty() ? Snapshots.restore(view) : Context.current();
    } catch (Throwable failure) { // an accessor of somebody else's
      return Context.current();
    }
  }

  /** Apart, so that nothing of context-propagation is loaded where it is missing. */
  private static final class Snapshots {

    private static final ContextSnapshotFactory FACTORY = ContextSnapshotFactory.builder().build();

    static Context restore(ContextView view) {
      try (ContextSnapshot.Scope scope = FACTORY.setThreadLocalsFrom(view)) {
        return Context.current();
      }
    }
  }
}
