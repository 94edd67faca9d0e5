package io.otlpevents.propagation.kafka;

import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.RecordInterceptor;

/**
 * Makes the context of a record current while it is handled, error handler and recoverer included,
 * around the user's own interceptor. The container calls it on the consumer's thread only.
 *
 * <p>The scope is closed in {@code afterRecord}, which is the last call for a record. Where an
 * exception keeps the container from calling that, the next record or the end of the poll closes
 * it.
 */
final class TraceRecordInterceptor<K, V> implements RecordInterceptor<K, V> {

  private final KafkaTracing tracing;
  private final @Nullable RecordInterceptor<K, V> delegate;

  /** Whether Spring Kafka makes a span and its context current itself. */
  private final BooleanSupplier observed;

  private final ThreadLocal<Handled> handled = new ThreadLocal<>();

  TraceRecordInterceptor(
      KafkaTracing tracing, @Nullable RecordInterceptor<K, V> delegate, BooleanSupplier observed) {
    this.tracing = tracing;
    this.delegate = delegate;
    this.observed = observed;
  }

  /** The user's interceptor, or null. */
  @Nullable RecordInterceptor<K, V> delegate() {
    return delegate;
  }

  @Override
  public @Nullable ConsumerRecord<K, V> intercept(
      ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
    close();
    open(record, consumer);
    return delegate == null ? record : delegate.intercept(record, consumer);
  }

  private void open(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
    if (observed.getAsBoolean() && !tracing.propagation.alone()) {
      return;
    }
    OpenContext context = tracing.open(record, consumer);
    if (context != null) {
      handled.set(new Handled(record, context));
    }
  }

  @Override
  public void success(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
    if (delegate != null) {
      delegate.success(record, consumer);
    }
  }

  @Override
  public void failure(ConsumerRecord<K, V> record, Exception exception, Consumer<K, V> consumer) {
    Handled current = handled.get();
    if (current == null || !current.is(record)) {
      // Records that could not be deserialized are not intercepted, but they are recovered.
      close();
      open(record, consumer);
      current = handled.get();
    }
    if (current != null) {
      current.context.failed(exception);
    }
    if (delegate != null) {
      delegate.failure(record, exception, consumer);
    }
  }

  @Override
  public void afterRecord(ConsumerRecord<K, V> record, Consumer<K, V> consumer) {
    try {
      if (delegate != null) {
        delegate.afterRecord(record, consumer);
      }
    } finally {
      close();
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
    Handled current = handled.get();
    if (current != null) {
      handled.remove();
      current.context.close();
    }
  }

  private record Handled(ConsumerRecord<?, ?> record, OpenContext context) {

    boolean is(ConsumerRecord<?, ?> other) {
      return record.offset() == other.offset()
          && record.partition() == other.partition()
          && record.topic().equals(other.topic());
    }
  }
}
