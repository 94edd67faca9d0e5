package io.otlpevents.propagation.kafka;

import static io.otlpevents.propagation.kafka.TestTracing.OTHER;
import static io.otlpevents.propagation.kafka.TestTracing.OTHER_TRACEPARENT;
import static io.otlpevents.propagation.kafka.TestTracing.TRACE;
import static io.otlpevents.propagation.kafka.TestTracing.TRACEPARENT;
import static io.otlpevents.propagation.kafka.TestTracing.batch;
import static io.otlpevents.propagation.kafka.TestTracing.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.otlpevents.propagation.CurrentSpans;
import io.otlpevents.propagation.PropagationMode;
import io.otlpevents.propagation.TraceStacks;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TraceBatchInterceptorTests {

  private final TestTracing application = new TestTracing();
  private final Consumer<String, String> consumer = new MockConsumer<>("earliest");
  private final ConsumerRecord<String, String> first = record(1, "traceparent: " + TRACEPARENT);
  private final ConsumerRecord<String, String> second =
      record(2, "traceparent: " + OTHER_TRACEPARENT);

  @AfterEach
  void leavesNothingBehind() {
    assertThat(Context.current()).isSameAs(Context.root());
  }

  private TraceBatchInterceptor<String, String> interceptor(KafkaTracePropagation propagation) {
    return new TraceBatchInterceptor<>(propagation.tracing(), null, () -> false);
  }

  private static String trace() {
    return Span.current().getSpanContext().getTraceId();
  }

  @Test
  void theTraceThatAllRecordsShareIsCurrent() {
    TraceBatchInterceptor<String, String> interceptor =
        interceptor(TestTracing.alone(PropagationMode.FORWARD));
    ConsumerRecords<String, String> records =
        batch(
            first, record(2, "traceparent: 00-" + TRACE + "-00f067aa0ba902b8-01", "baggage: k=v"));
    interceptor.intercept(records, consumer);
    assertThat(trace()).isEqualTo(TRACE);
    // Only one of them has it.
    assertThat(Baggage.current().isEmpty()).isTrue();
    interceptor.failure(records, new IllegalStateException(), consumer);
    // For the error handler.
    assertThat(trace()).isEqualTo(TRACE);
    interceptor.clearThreadState(consumer);
  }

  @ParameterizedTest
  @EnumSource(PropagationMode.class)
  void noRecordsTraceIsCurrentWhereThereAreSeveral(PropagationMode mode) {
    TraceBatchInterceptor<String, String> interceptor = interceptor(TestTracing.alone(mode));
    interceptor.intercept(batch(first, second), consumer);
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
    interceptor.clearThreadState(consumer);
    interceptor.intercept(batch(first, record(2)), consumer);
    assertThat(Span.current().getSpanContext().isValid()).isFalse();
    interceptor.clearThreadState(consumer);
  }

  @Test
  void eventsOfABatchWithoutATraceBelongTogether() {
    CurrentSpans spans = new CurrentSpans(new TraceStacks(List::of));
    TraceBatchInterceptor<String, String> interceptor =
        interceptor(TestTracing.alone(PropagationMode.FORWARD));
    interceptor.intercept(batch(record(1), record(2)), consumer);
    assertThat(spans.spanContext(null).isValid()).isTrue();
    assertThat(spans.spanContext(null)).isEqualTo(spans.spanContext(null));
    interceptor.clearThreadState(consumer);
  }

  @Test
  void theSpanOfABatchLinksToEachRecord() {
    TraceBatchInterceptor<String, String> interceptor = interceptor(application.traced());
    interceptor.intercept(batch(first, second, record(3)), consumer);
    interceptor.clearThreadState(consumer);
    SpanData span = application.spans().get(0);
    assertThat(span.getName()).isEqualTo("process orders");
    assertThat(span.getTraceId()).isNotIn(TRACE, OTHER);
    assertThat(span.getLinks())
        .extracting(LinkData::getSpanContext)
        .extracting("traceId")
        .containsExactly(TRACE, OTHER);
    assertThat(span.getAttributes().get(AttributeKey.longKey("messaging.batch.message_count")))
        .isEqualTo(3L);
  }

  @Test
  void aRecordThatIsPassedOnFromABatchKeepsItsTrace() {
    KafkaTracePropagation propagation = application.traced();
    MockProducer<String, String> sent =
        new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());
    Producer<String, String> producer = TracedProducer.of(propagation.tracing(), sent);
    TraceBatchInterceptor<String, String> interceptor = interceptor(propagation);
    interceptor.intercept(batch(first, second), consumer);
    String batch = trace();
    // As dead letters are.
    producer.send(new ProducerRecord<>("orders-dlt", 0, "key", "value", second.headers()));
    producer.send(new ProducerRecord<>("other", "value"));
    interceptor.clearThreadState(consumer);
    assertThat(TracedProducerTests.headers(sent.history().get(0), "traceparent"))
        .singleElement()
        .asString()
        .startsWith("00-" + OTHER);
    assertThat(TracedProducerTests.headers(sent.history().get(1), "traceparent"))
        .singleElement()
        .asString()
        .startsWith("00-" + batch);
  }

  @Test
  void eachRecordCanBeHandledInItsOwnTrace() {
    KafkaTracePropagation propagation = application.traced();
    KafkaTraceContext traces = new KafkaTraceContext(propagation);
    TraceBatchInterceptor<String, String> interceptor = interceptor(propagation);
    interceptor.intercept(batch(first, second, record(3)), consumer);
    String batch = trace();
    assertThat(Span.fromContext(traces.from(second)).getSpanContext().getTraceId())
        .isEqualTo(OTHER);
    traces.runWith(first, () -> assertThat(trace()).isEqualTo(TRACE));
    traces.runWith(second, () -> assertThat(trace()).isEqualTo(OTHER));
    traces.runWith(record(3), () -> assertThat(trace()).isEqualTo(batch));
    assertThat(trace()).isEqualTo(batch);
    interceptor.clearThreadState(consumer);
    assertThat(application.spans())
        .filteredOn(span -> span.getTraceId().equals(TRACE))
        .singleElement()
        .satisfies(
            span -> {
              assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
              assertThat(span.getLinks()).extracting("spanContext.traceId").contains(batch);
            });
  }

  @Test
  void theHelperPassesOnWhatTheCodeReturnsAndThrows() throws Exception {
    KafkaTraceContext traces = new KafkaTraceContext(TestTracing.alone(PropagationMode.FORWARD));
    assertThat(traces.callWith(first, TraceBatchInterceptorTests::trace)).isEqualTo(TRACE);
    assertThat(KafkaTraceContext.none().callWith(first, () -> "result")).isEqualTo("result");
    IllegalStateException thrown = new IllegalStateException();
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () ->
                traces.runWith(
                    first,
                    () -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);
  }
}
