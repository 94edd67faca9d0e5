package io.otlpevents.propagation.kafka;

import static io.otlpevents.propagation.kafka.TestTracing.OTHER;
import static io.otlpevents.propagation.kafka.TestTracing.OTHER_TRACEPARENT;
import static io.otlpevents.propagation.kafka.TestTracing.TRACE;
import static io.otlpevents.propagation.kafka.TestTracing.TRACEPARENT;
import static io.otlpevents.propagation.kafka.TestTracing.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.otlpevents.propagation.PropagationMode;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.listener.ListenerExecutionFailedException;
import org.springframework.kafka.listener.RecordInterceptor;

class TraceRecordInterceptorTests {

  private final TestTracing application = new TestTracing();
  private final Consumer<String, String> consumer = new MockConsumer<>("earliest");

  @AfterEach
  void leavesNothingBehind() {
    Context left = Context.current();
    Context.root().makeCurrent();
    assertThat(left).isSameAs(Context.root());
  }

  private TraceRecordInterceptor<String, String> interceptor(
      KafkaTracePropagation propagation, @Nullable RecordInterceptor<String, String> users) {
    return new TraceRecordInterceptor<>(propagation.tracing(), users, () -> false);
  }

  private static String trace() {
    return Span.current().getSpanContext().getTraceId();
  }

  @Test
  void keepsTheContextUntilAfterTheRecord() {
    TraceRecordInterceptor<String, String> interceptor =
        interceptor(TestTracing.alone(PropagationMode.FORWARD), null);
    ConsumerRecord<String, String> record = record(1, "traceparent: " + TRACEPARENT);
    interceptor.intercept(record, consumer);
    assertThat(trace()).isEqualTo(TRACE);
    interceptor.failure(record, new IllegalStateException(), consumer);
    assertThat(trace()).isEqualTo(TRACE);
    interceptor.afterRecord(record, consumer);
  }

  @Test
  void theNextRecordClosesWhatTheContainerDidNot() {
    TraceRecordInterceptor<String, String> interceptor =
        interceptor(TestTracing.alone(PropagationMode.FORWARD), null);
    interceptor.intercept(record(1, "traceparent: " + TRACEPARENT), consumer);
    interceptor.intercept(record(2, "traceparent: " + OTHER_TRACEPARENT), consumer);
    assertThat(trace()).isEqualTo(OTHER);
    interceptor.clearThreadState(consumer);
  }

  @Test
  void theEndOfThePollClosesWhatTheContainerDidNot() {
    TraceRecordInterceptor<String, String> interceptor =
        interceptor(TestTracing.alone(PropagationMode.FORWARD), null);
    interceptor.intercept(record(1, "traceparent: " + TRACEPARENT), consumer);
    interceptor.clearThreadState(consumer);
  }

  @Test
  void interceptorsThatThrowLeaveNothingBehind() {
    TraceRecordInterceptor<String, String> interceptor =
        interceptor(
            TestTracing.alone(PropagationMode.FORWARD),
            new RecordInterceptor<>() {
              @Override
              public @Nullable ConsumerRecord<String, String> intercept(
                  ConsumerRecord<String, String> record, Consumer<String, String> consumer) {
                throw new IllegalStateException("expected");
              }

              @Override
              public void afterRecord(
                  ConsumerRecord<String, String> record, Consumer<String, String> consumer) {
                throw new IllegalStateException("expected");
              }
            });
    ConsumerRecord<String, String> record = record(1, "traceparent: " + TRACEPARENT);
    assertThatThrownBy(() -> interceptor.intercept(record, consumer)).hasMessage("expected");
    assertThat(trace()).isEqualTo(TRACE);
    assertThatThrownBy(() -> interceptor.afterRecord(record, consumer)).hasMessage("expected");
  }

  @Test
  void aScopeThatAListenerLeavesOpenDoesNotReachTheNextRecord() {
    TraceRecordInterceptor<String, String> interceptor = interceptor(application.traced(), null);
    ConsumerRecord<String, String> first = record(1, "traceparent: " + TRACEPARENT);
    interceptor.intercept(first, consumer);
    Scope forgotten = application.tracer.spanBuilder("forgotten").startSpan().makeCurrent();
    assertThat(forgotten).isNotNull();
    interceptor.afterRecord(first, consumer);
    assertThat(Context.current()).isSameAs(Context.root());
    ConsumerRecord<String, String> second = record(2, "traceparent: " + OTHER_TRACEPARENT);
    interceptor.intercept(second, consumer);
    assertThat(trace()).isEqualTo(OTHER);
    interceptor.afterRecord(second, consumer);
  }

  @Test
  void recordsThatCouldNotBeReadFailInTheirTrace() {
    TraceRecordInterceptor<String, String> interceptor = interceptor(application.traced(), null);
    ConsumerRecord<String, String> record = record(1, "traceparent: " + TRACEPARENT);
    interceptor.failure(record, new IllegalStateException(), consumer);
    assertThat(trace()).isEqualTo(TRACE);
    interceptor.afterRecord(record, consumer);
    assertThat(application.spans()).hasSize(1);
  }

  @Test
  void leavesACurrentSpanAlone() {
    TraceRecordInterceptor<String, String> interceptor = interceptor(application.traced(), null);
    ConsumerRecord<String, String> record = record(1, "traceparent: " + TRACEPARENT);
    Span others = application.tracer.spanBuilder("another instrumentation").startSpan();
    try (Scope scope = others.makeCurrent()) {
      interceptor.intercept(record, consumer);
      assertThat(Span.current()).isSameAs(others);
      interceptor.afterRecord(record, consumer);
      assertThat(Span.current()).isSameAs(others);
    }
    assertThat(application.spans()).isEmpty();
  }

  @Test
  void doesNothingWhereSpringKafkaObserves() {
    TraceRecordInterceptor<String, String> interceptor =
        new TraceRecordInterceptor<>(application.traced().tracing(), null, () -> true);
    ConsumerRecord<String, String> record = record(1, "traceparent: " + TRACEPARENT);
    interceptor.intercept(record, consumer);
    assertThat(Context.current()).isSameAs(Context.root());
    interceptor.afterRecord(record, consumer);
  }

  @Test
  void makesASpanByTheConventions() {
    TraceRecordInterceptor<String, String> interceptor = interceptor(application.traced(), null);
    ConsumerRecord<String, String> record = record(7, "traceparent: " + TRACEPARENT);
    interceptor.intercept(record, consumer);
    interceptor.failure(
        record,
        new ListenerExecutionFailedException("wrapper", new IllegalArgumentException("4711")),
        consumer);
    interceptor.afterRecord(record, consumer);

    SpanData span = application.spans().get(0);
    assertThat(span.getName()).isEqualTo("process orders");
    assertThat(span.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
    assertThat(span.getLinks())
        .singleElement()
        .satisfies(link -> assertThat(link.getSpanContext().getTraceId()).isEqualTo(TRACE));
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getAttributes().asMap())
        .containsEntry(AttributeKey.stringKey("messaging.system"), "kafka")
        .containsEntry(AttributeKey.stringKey("messaging.operation.name"), "process")
        .containsEntry(AttributeKey.stringKey("messaging.operation.type"), "process")
        .containsEntry(AttributeKey.stringKey("messaging.destination.name"), "orders")
        .containsEntry(AttributeKey.stringKey("messaging.destination.partition.id"), "0")
        .containsEntry(AttributeKey.longKey("messaging.kafka.offset"), 7L)
        .containsEntry(AttributeKey.stringKey("error.type"), "java.lang.IllegalArgumentException");
    // What a message says may be nobody's business.
    assertThat(span.toString()).doesNotContain("4711").doesNotContain("key=key");
  }
}
