package io.otlpevents.propagation.kafka;

import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.BatchInterceptor;

/**
 * Makes the context that the records of a batch share current while it is handled, around the
 * user's own interceptor. The container calls it on the consumer's thread only.
 *
 * <p>There is no last call for a batch: the error handler runs after {@code failure}, and may
 * invoke the listener again. So the scope is closed by the next batch or by the end of the poll.
 */
final class TraceBatchInterceptor<K, V> implements BatchInterceptor<K, V> {

  private final KafkaTracing tracing;
  private final @Nullable BatchInterceptor<K, V> delegate;
  private final BooleanSupplier observed;
  private final ThreadLocal<OpenContext> handled = new ThreadLocal<>();

  TraceBatchInterceptor(
      KafkaTracing tracing, @Nullable BatchInterceptor<K, V> delegate, BooleanSupplier observed) {
    this.tracing = tracing;
    this.delegate = delegate;
    this.observed = observed;
  }

  /** The user's interceptor, or null. */
  @Nullable BatchInterceptor<K, V> delegate() {
    return delegate;
  }

  @Override
  public @Nullable ConsumerRecords<K, V> intercept(
      ConsumerRecords<K, V> records, Consumer<K, V> consumer) {
    close();
    // Spring Kafka's observation of batches makes nothing current, so this does, without a span.
    OpenContext context = tracing.open(records, consumer, !observed.getAsBoolean());
    if (context != null) {
      handled.set(context);
    }
    return delegate == null ? records : delegate.intercept(records, consumer);
  }

  @Override
  public void success(ConsumerRecords<K, V> records, Consumer<K, V> consumer) {
    if (delegate != null) {
      delegate.success(records, consumer);
    }
  }

  @Override
  public void failure(ConsumerRecords<K, V> records, Exception exception, Consumer<K, V> consumer) {
    OpenContext current = handled.get();
    if (current != null) {
      current.failed(exception);
    }
    if (delegate != null) {
      delegate.failure(records, exception, consumer);
    }
  }

  @Override
  public void setupThreadState(Consumer<?, ?> consumer) {
    close();
    if (delegate != null) {
      delegate.setupThreadState(consumer);
    }
  }

  @Override
  public void clearThreadState(Consumer<?, ?> consumer) {
    try {
      if (delegate != null) {
        delegate.clearThreadState(consumer);
      }
    } finally {
      close();
    }
  }

  private void close() {
    OpenContext current = handled.get();
    if (current != null) {
      handled.remove();
      current.close();
    }
  }
}
