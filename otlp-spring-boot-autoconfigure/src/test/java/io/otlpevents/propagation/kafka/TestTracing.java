package io.otlpevents.propagation.kafka;

import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.otlpevents.propagation.PropagationMode;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.TraceStack;
import io.otlpevents.propagation.TraceStacks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/** Applications with and without a tracer, as far as Kafka sees them. */
final class TestTracing {

  static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  static final String OTHER = "0af7651916cd43dd8448eb211c80319c";
  static final String TRACEPARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";
  static final String OTHER_TRACEPARENT = "00-" + OTHER + "-b7ad6b7169203331-01";

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exporter)).build();
  final Tracer tracer = provider.get("test");

  static KafkaTracePropagation alone(PropagationMode mode) {
    return new KafkaTracePropagation(TracePropagation.builder().mode(mode).build(), () -> null);
  }

  KafkaTracePropagation traced() {
    TraceStack stack =
        new TraceStack() {
          @Override
          public String name() {
            return "test";
          }

          @Override
          public boolean usesOpenTelemetryContext() {
            return true;
          }

          @Override
          public SpanContext currentSpan() {
            return io.opentelemetry.api.trace.Span.current().getSpanContext();
          }

          @Override
          public TextMapPropagator propagator() {
            return TextMapPropagator.composite(
                W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());
          }
        };
    return new KafkaTracePropagation(
        TracePropagation.builder().stacks(new TraceStacks(() -> List.of(stack))).build(),
        () -> tracer);
  }

  List<SpanData> spans() {
    return exporter.getFinishedSpanItems();
  }

  /** A record with these headers, each {@code name: value}. */
  static ConsumerRecord<String, String> record(long offset, String... headers) {
    ConsumerRecord<String, String> record =
        new ConsumerRecord<>("orders", 0, offset, "key", "value");
    for (String header : headers) {
      int colon = header.indexOf(": ");
      record
          .headers()
          .add(
              header.substring(0, colon),
              header.substring(colon + 2).getBytes(StandardCharsets.UTF_8));
    }
    return record;
  }

  @SafeVarargs
  static ConsumerRecords<String, String> batch(ConsumerRecord<String, String>... records) {
    Map<TopicPartition, List<ConsumerRecord<String, String>>> all = new LinkedHashMap<>();
    for (ConsumerRecord<String, String> record : records) {
      all.computeIfAbsent(
              new TopicPartition(record.topic(), record.partition()), key -> new ArrayList<>())
          .add(record);
    }
    return new ConsumerRecords<>(all, Map.of());
  }
}
