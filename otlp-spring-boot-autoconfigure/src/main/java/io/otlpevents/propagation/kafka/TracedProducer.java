package io.otlpevents.propagation.kafka;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Gives each record the trace that is current where it is sent. A proxy, so that it fits the
 * versions of Kafka's interface that add methods.
 */
final class TracedProducer<K, V> implements InvocationHandler {

  private final KafkaTracing tracing;
  private final Producer<K, V> delegate;
  private volatile @Nullable String clientId;

  private TracedProducer(KafkaTracing tracing, Producer<K, V> delegate) {
    this.tracing = tracing;
    this.delegate = delegate;
  }

  @SuppressWarnings("unchecked") // The proxy implements this interface.
  static <K, V> Producer<K, V> of(KafkaTracing tracing, Producer<K, V> delegate) {
    return (Producer<K, V>)
        Proxy.newProxyInstance(
            TracedProducer.class.getClassLoader(),
            new Class<?>[] {Producer.class},
            new TracedProducer<>(tracing, delegate));
  }

  @Override
  @SuppressWarnings("unchecked") // Kafka's interface has no other method of this name.
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args)
      throws Throwable {
    if (args != null
        && method.getName().equals("send")
        && args[0] instanceof ProducerRecord<?, ?> record) {
      return send(
          (ProducerRecord<K, V>) record, args.length > 1 ? (@Nullable Callback) args[1] : null);
    }
    if (args != null && method.getDeclaringClass() == Object.class) {
      return proxy == args[0]; // equals
    }
    try {
      return method.invoke(delegate, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private Future<RecordMetadata> send(ProducerRecord<K, V> record, @Nullable Callback callback) {
    Leaving<K, V> leaving;
    try {
      leaving = prepare(record);
    } catch (RuntimeException e) {
      tracing.tell(e);
      leaving = new Leaving<>(record, null);
    }
    Span span = leaving.span;
    if (span == null) {
      return delegate.send(leaving.record, callback);
    }
    try {
      return delegate.send(
          leaving.record,
          (metadata, failure) -> {
            try {
              if (callback != null) {
                callback.onCompletion(metadata, failure);
              }
            } finally {
              KafkaSpans.sent(span, metadata, failure);
            }
          });
    } catch (RuntimeException | Error e) {
      KafkaSpans.sent(span, null, e);
      throw e;
    }
  }

  private Leaving<K, V> prepare(ProducerRecord<K, V> record) {
    Context current = Context.current();
    SpanContext span = Span.fromContext(current).getSpanContext();
    Context base = current;
    SpanContext link = SpanContext.getInvalid();
    if (!span.isValid()) {
      // What is passed on outside of a listener keeps its trace.
      Context carried =
          tracing.propagation.incoming(current, record.headers(), RecordHeaderGetter.INSTANCE);
      base = carried == null ? current : carried;
    } else if (KafkaSpans.isOfSeveralTraces(current)) {
      Context carried = tracing.carriedBy(record.headers());
      if (carried != null) {
        base = carried;
        link = span;
      }
    }
    Tracer tracer = tracing.tracer();
    Span made = null;
    // A record that names the current span already has been given a span by Spring Kafka's own
    // observation or another instrumentation, which may have left a stale trace state behind.
    if (tracer != null && !(span.isValid() && carries(record, span))) {
      made = KafkaSpans.send(tracer, base, record, clientId(), link);
      base = base.with(made);
    }
    try {
      Map<String, String> values = new LinkedHashMap<>();
      tracing.propagation.outgoing(base, values, (map, key, value) -> values.put(key, value));
      return new Leaving<>(
          RecordHeaderWriter.replace(record, values, tracing.propagation.fields()), made);
    } catch (RuntimeException e) {
      if (made != null) {
        made.end();
      }
      throw e;
    }
  }

  private boolean carries(ProducerRecord<K, V> record, SpanContext span) {
    Context carried = tracing.carriedBy(record.headers());
    return carried != null
        && Span.fromContext(carried).getSpanContext().getSpanId().equals(span.getSpanId());
  }

  private @Nullable String clientId() {
    String id = clientId;
    if (id == null) {
      id = KafkaSpans.clientId(delegate.metrics());
      clientId = id;
    }
    return id;
  }

  /**
   * What is sent.
   *
   * @param span ends when the broker has answered; null for none
   */
  private record Leaving<K, V>(ProducerRecord<K, V> record, @Nullable Span span) {}
}
