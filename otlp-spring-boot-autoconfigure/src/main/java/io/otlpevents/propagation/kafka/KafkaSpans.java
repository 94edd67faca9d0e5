package io.otlpevents.propagation.kafka;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.support.KafkaUtils;

/**
 * Makes the spans of sending and processing. Keys of messages are not recorded: they often name
 * persons.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/kafka/">Semantic conventions
 *     for Kafka</a>
 */
final class KafkaSpans {

  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  private static final AttributeKey<String> OPERATION_NAME =
      AttributeKey.stringKey("messaging.operation.name");
  private static final AttributeKey<String> OPERATION_TYPE =
      AttributeKey.stringKey("messaging.operation.type");
  private static final AttributeKey<String> DESTINATION =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<String> PARTITION =
      AttributeKey.stringKey("messaging.destination.partition.id");
  private static final AttributeKey<String> GROUP =
      AttributeKey.stringKey("messaging.consumer.group.name");
  private static final AttributeKey<String> CLIENT_ID =
      AttributeKey.stringKey("messaging.client.id");
  private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");
  private static final AttributeKey<Boolean> TOMBSTONE =
      AttributeKey.booleanKey("messaging.kafka.message.tombstone");
  private static final AttributeKey<Long> BATCH_SIZE =
      AttributeKey.longKey("messaging.batch.message_count");
  private static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  /** The span of a batch whose records belong to several traces. */
  private static final ContextKey<Span> BATCH = ContextKey.named("otlpevents-kafka-batch");

  private KafkaSpans() {}

  /** A span for a record that leaves. */
  static Span send(
      Tracer tracer,
      Context parent,
      ProducerRecord<?, ?> record,
      @Nullable String clientId,
      SpanContext link) {
    SpanBuilder span =
        start(tracer, parent, "send", record.topic(), SpanKind.PRODUCER)
            .setAttribute(DESTINATION, record.topic());
    if (link.isValid()) {
      span.addLink(link);
    }
    if (record.partition() != null) {
      span.setAttribute(PARTITION, record.partition().toString());
    }
    if (record.value() == null) {
      span.setAttribute(TOMBSTONE, true);
    }
    if (clientId != null) {
      span.setAttribute(CLIENT_ID, clientId);
    }
    return span.startSpan();
  }

  /** Ends the span of a record when the broker has answered. */
  static void sent(Span span, @Nullable RecordMetadata metadata, @Nullable Throwable failure) {
    if (metadata != null && metadata.partition() >= 0) {
      span.setAttribute(PARTITION, Integer.toString(metadata.partition()));
    }
    if (metadata != null && metadata.hasOffset()) {
      span.setAttribute(OFFSET, metadata.offset());
    }
    if (failure != null) {
      failed(span, failure);
    }
    span.end();
  }

  /**
   * A span for a record that is processed.
   *
   * @param parent the record's own context, which is linked, too: the parent is for those who want
   *     one trace, the link for those who follow the conventions
   */
  static Span process(
      Tracer tracer,
      Context parent,
      ConsumerRecord<?, ?> record,
      @Nullable String clientId,
      SpanContext batch) {
    SpanBuilder span =
        start(tracer, parent, "process", record.topic(), SpanKind.CONSUMER)
            .setAttribute(DESTINATION, record.topic())
            .setAttribute(PARTITION, Integer.toString(record.partition()))
            .setAttribute(OFFSET, record.offset());
    link(span, Span.fromContext(parent).getSpanContext());
    link(span, batch);
    if (record.value() == null) {
      span.setAttribute(TOMBSTONE, true);
    }
    consumer(span, clientId);
    return span.startSpan();
  }

  /** A span for a batch. */
  static Span process(
      Tracer tracer,
      Context parent,
      ConsumerRecords<?, ?> records,
      @Nullable String clientId,
      Collection<SpanContext> created) {
    Set<String> topics = new HashSet<>();
    for (TopicPartition partition : records.partitions()) {
      topics.add(partition.topic());
    }
    String topic = topics.size() == 1 ? topics.iterator().next() : null;
    SpanBuilder span =
        start(tracer, parent, "process", topic, SpanKind.CONSUMER)
            .setAttribute(BATCH_SIZE, (long) records.count());
    if (topic != null) {
      span.setAttribute(DESTINATION, topic);
    }
    if (records.partitions().size() == 1) {
      span.setAttribute(
          PARTITION, Integer.toString(records.partitions().iterator().next().partition()));
    }
    created.forEach(context -> link(span, context));
    consumer(span, clientId);
    return span.startSpan();
  }

  private static SpanBuilder start(
      Tracer tracer, Context parent, String operation, @Nullable String topic, SpanKind kind) {
    return tracer
        .spanBuilder(topic == null ? operation : operation + " " + topic)
        .setParent(parent)
        .setSpanKind(kind)
        .setAttribute(SYSTEM, "kafka")
        .setAttribute(OPERATION_NAME, operation)
        .setAttribute(OPERATION_TYPE, operation);
  }

  private static void link(SpanBuilder span, SpanContext context) {
    if (context.isValid()) {
      span.addLink(context);
    }
  }

  private static void consumer(SpanBuilder span, @Nullable String clientId) {
    String group = KafkaUtils.getConsumerGroupId();
    if (group != null) {
      span.setAttribute(GROUP, group);
    }
    if (clientId != null) {
      span.setAttribute(CLIENT_ID, clientId);
    }
  }

  static void failed(Span span, Throwable failure) {
    Throwable cause = failure;
    // Spring Kafka's wrappers say only where it happened.
    while (cause instanceof KafkaException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    span.setAttribute(ERROR_TYPE, cause.getClass().getName());
    span.setStatus(StatusCode.ERROR);
  }

  /** Marks the span of a batch of several traces. */
  static Context ofSeveralTraces(Context context, Span batch) {
    return context.with(batch).with(BATCH, batch);
  }

  /** Whether the current span is one of those, so that a record's own trace counts more. */
  static boolean isOfSeveralTraces(Context context) {
    Span batch = context.get(BATCH);
    return batch != null && batch == Span.fromContext(context);
  }

  /** The id of a client, which it does not tell except in the names of its metrics. */
  static @Nullable String clientId(Map<MetricName, ?> metrics) {
    for (MetricName name : metrics.keySet()) {
      String id = name.tags().get("client-id");
      if (id != null) {
        return id;
      }
    }
    return null;
  }
}
