package io.otlpevents.propagation.kafka;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The traces of the records of a batch, which may be as many as there are records.
 *
 * <pre>{@code
 * @KafkaListener(topics = "orders", batch = "true")
 * void on(List<ConsumerRecord<String, Order>> records) {
 *   for (ConsumerRecord<String, Order> record : records) {
 *     traces.runWith(record, () -> handle(record.value()));
 *   }
 * }
 * }</pre>
 *
 * <p>Safe for any number of threads. Never throws because of what is in a record.
 */
public final class KafkaTraceContext {

  private final @Nullable KafkaTracing tracing;

  /** Creates it. */
  public KafkaTraceContext(KafkaTracePropagation propagation) {
    this.tracing = propagation.tracing();
  }

  private KafkaTraceContext() {
    this.tracing = null;
  }

  /** Finds nothing in any record, for applications where propagation is off. */
  public static KafkaTraceContext none() {
    return new KafkaTraceContext();
  }

  /**
   * The context that a record carries.
   *
   * @return the current one if it carries none
   */
  public Context from(ConsumerRecord<?, ?> record) {
    Context carried = tracing == null ? null : tracing.carriedBy(record.headers());
    return carried == null ? Context.current() : carried;
  }

  /**
   * Runs code in the trace of a record. Makes a span for it where this library makes spans.
   *
   * @throws RuntimeException what the code throws
   */
  public void runWith(ConsumerRecord<?, ?> record, Runnable code) {
    OpenContext context = open(record);
    try {
      code.run();
    } catch (RuntimeException | Error e) {
      failed(context, e);
      throw e;
    } finally {
      close(context);
    }
  }

  /**
   * Calls code in the trace of a record. Makes a span for it where this library makes spans.
   *
   * @return what the code returns
   * @throws Exception what the code throws
   */
  public <T extends @Nullable Object> T callWith(ConsumerRecord<?, ?> record, Callable<T> code)
      throws Exception {
    OpenContext context = open(record);
    try {
      return code.call();
    } catch (Exception | Error e) {
      failed(context, e);
      throw e;
    } finally {
      close(context);
    }
  }

  private @Nullable OpenContext open(ConsumerRecord<?, ?> record) {
    KafkaTracing enabled = tracing;
    if (enabled == null) {
      return null;
    }
    try {
      Context parent = from(record);
      Tracer tracer = enabled.tracer();
      if (tracer == null) {
        return OpenContext.of(parent, null);
      }
      SpanContext current = Span.current().getSpanContext();
      SpanContext batch =
          current.equals(Span.fromContext(parent).getSpanContext())
              ? SpanContext.getInvalid()
              : current;
      Span span = KafkaSpans.process(tracer, parent, record, null, batch);
      return OpenContext.of(parent.with(span), span);
    } catch (RuntimeException e) {
      enabled.tell(e);
      return null;
    }
  }

  private static void failed(@Nullable OpenContext context, Throwable failure) {
    if (context != null) {
      context.failed(failure);
    }
  }

  private static void close(@Nullable OpenContext context) {
    if (context != null) {
      context.close();
    }
  }
}
