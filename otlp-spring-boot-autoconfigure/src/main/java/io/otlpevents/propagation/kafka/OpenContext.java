package io.otlpevents.propagation.kafka;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** What is current on a consumer's thread while it handles a record or a batch. */
final class OpenContext {

  private static final Log log = LogFactory.getLog(OpenContext.class);
  private static final AtomicBoolean told = new AtomicBoolean();

  private final Context before;
  private final @Nullable Span span;
  private final Scope scope;

  @SuppressWarnings("MustBeClosedChecker") // By close().
  private OpenContext(Context before, Context context, @Nullable Span span) {
    this.before = before;
    this.span = span;
    this.scope = context.makeCurrent();
  }

  /**
   * Makes a context current.
   *
   * @param span ended with it; null for none
   */
  static OpenContext of(Context context, @Nullable Span span) {
    return new OpenContext(Context.current(), context, span);
  }

  void failed(Throwable failure) {
    if (span != null) {
      KafkaSpans.failed(span, failure);
    }
  }

  /**
   * Ends what was opened, and puts back what was current before, even if somebody has left a scope
   * open: the next record of this thread must not get the trace of this one.
   */
  @SuppressWarnings("MustBeClosedChecker") // It is what was there before; nothing is to be closed.
  void close() {
    scope.close();
    if (Context.current() != before) {
      before.makeCurrent();
      if (told.compareAndSet(false, true)) {
        log.warn(
            "A Kafka listener or interceptor has left an OpenTelemetry scope open on "
                + Thread.currentThread().getName()
                + ". It has been removed, so that the next record does not get a wrong trace;"
                + " this is not told again.");
      }
    }
    if (span != null) {
      span.end();
    }
  }
}
