package io.otlpevents.propagation.kafka;

import io.opentelemetry.api.trace.Tracer;
import io.otlpevents.propagation.TracePropagation;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.core.ProducerPostProcessor;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;
import org.springframework.kafka.listener.BatchInterceptor;
import org.springframework.kafka.listener.RecordInterceptor;

/**
 * Adds the propagation of traces to what Spring Kafka is made of. Beans get it by themselves; this
 * is for producer factories and containers that are made by hand:
 *
 * <pre>{@code
 * KafkaMessageListenerContainer<String, String> container = new KafkaMessageListenerContainer<>(…);
 * propagation.addTo(container);
 * container.start();
 * }</pre>
 *
 * <p>Adding twice does no harm. The user's own interceptors stay, and run inside of the context.
 * Safe for any number of threads, as far as what is given is.
 */
public final class KafkaTracePropagation {

  private final KafkaTracing tracing;

  /**
   * Creates it.
   *
   * @param tracer makes the spans of sending and processing; asked for each message, null for none
   */
  public KafkaTracePropagation(
      TracePropagation propagation, Supplier<? extends @Nullable Tracer> tracer) {
    this.tracing = new KafkaTracing(propagation, tracer);
  }

  KafkaTracing tracing() {
    return tracing;
  }

  /**
   * Lets the producers that the factory makes from now on give each record the current trace. Does
   * nothing for factories that are not Spring Kafka's own.
   */
  public <K, V> void addTo(ProducerFactory<K, V> factory) {
    if (factory instanceof DefaultKafkaProducerFactory<K, V> known
        && known.getPostProcessors().stream().noneMatch(TracesProducers.class::isInstance)) {
      known.addPostProcessor(new TracesProducers<>(tracing));
    }
  }

  /** Lets the containers that the factory makes from now on take the trace from each record. */
  public <K, V> void addTo(AbstractKafkaListenerContainerFactory<?, K, V> factory) {
    BooleanSupplier observed = () -> factory.getContainerProperties().isObservationEnabled();
    if (!(factory.getRecordInterceptor() instanceof TraceRecordInterceptor)) {
      factory.setRecordInterceptor(around(factory.getRecordInterceptor(), observed));
    }
    if (!(factory.getBatchInterceptor() instanceof TraceBatchInterceptor)) {
      factory.setBatchInterceptor(around(factory.getBatchInterceptor(), observed));
    }
  }

  /** Lets a container take the trace from each record, once it is started. */
  public <K, V> void addTo(AbstractMessageListenerContainer<K, V> container) {
    BooleanSupplier observed = () -> container.getContainerProperties().isObservationEnabled();
    container.setRecordInterceptor(around(container.getRecordInterceptor(), observed));
    container.setBatchInterceptor(around(container.getBatchInterceptor(), observed));
  }

  private <K, V> RecordInterceptor<K, V> around(
      @Nullable RecordInterceptor<K, V> interceptor, BooleanSupplier observed) {
    return new TraceRecordInterceptor<>(
        tracing,
        interceptor instanceof TraceRecordInterceptor<K, V> own ? own.delegate() : interceptor,
        observed);
  }

  private <K, V> BatchInterceptor<K, V> around(
      @Nullable BatchInterceptor<K, V> interceptor, BooleanSupplier observed) {
    return new TraceBatchInterceptor<>(
        tracing,
        interceptor instanceof TraceBatchInterceptor<K, V> own ? own.delegate() : interceptor,
        observed);
  }

  /** A class of its own, so that it is found among the others. */
  private record TracesProducers<K, V>(KafkaTracing tracing)
      implements ProducerPostProcessor<K, V> {

    @Override
    public Producer<K, V> apply(Producer<K, V> producer) {
      return TracedProducer.of(tracing, producer);
    }
  }
}
