package io.otlpevents.propagation.kafka;

import static io.otlpevents.propagation.kafka.TestTracing.OTHER_TRACEPARENT;
import static io.otlpevents.propagation.kafka.TestTracing.TRACE;
import static io.otlpevents.propagation.kafka.TestTracing.TRACEPARENT;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;

class TracedProducerTests {

  private final TestTracing application = new TestTracing();
  private final MockProducer<String, String> sent =
      new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());

  static List<String> headers(ProducerRecord<?, ?> record, String name) {
    List<String> values = new ArrayList<>();
    record
        .headers()
        .headers(name)
        .forEach(header -> values.add(new String(header.value(), StandardCharsets.UTF_8)));
    return values;
  }

  private static ProducerRecord<String, String> record(String... headers) {
    return new ProducerRecord<>(
        "orders", null, "key", "value", TestTracing.record(0, headers).headers());
  }

  private Producer<String, String> alone(PropagationMode mode) {
    return TracedProducer.of(TestTracing.alone(mode).tracing(), sent);
  }

  private Producer<String, String> traced() {
    return TracedProducer.of(application.traced().tracing(), sent);
  }

  @Test
  void replacesTheHeadersOfARecordsPast() {
    Span span = application.tracer.spanBuilder("request").startSpan();
    try (Scope scope = span.makeCurrent()) {
      traced()
          .send(
              record(
                  "traceparent: " + TRACEPARENT,
                  "traceparent: " + OTHER_TRACEPARENT,
                  "tracestate: stale=1",
                  "mine: stays"));
    }
    ProducerRecord<String, String> record = sent.history().get(0);
    assertThat(headers(record, "traceparent"))
        .singleElement()
        .asString()
        .startsWith("00-" + span.getSpanContext().getTraceId());
    assertThat(headers(record, "tracestate")).isEmpty();
    assertThat(headers(record, "mine")).containsExactly("stays");
  }

  @Test
  void keepsTheTraceOfARecordThatIsPassedOnOutsideOfAListener() {
    alone(PropagationMode.FORWARD).send(record("traceparent: " + TRACEPARENT));
    alone(PropagationMode.PARTICIPATE).send(record("traceparent: " + TRACEPARENT));
    traced().send(record("traceparent: " + TRACEPARENT));
    assertThat(headers(sent.history().get(0), "traceparent")).containsExactly(TRACEPARENT);
    for (ProducerRecord<String, String> record : sent.history()) {
      assertThat(headers(record, "traceparent"))
          .singleElement()
          .asString()
          .startsWith("00-" + TRACE);
    }
  }

  @Test
  void addsNothingWhereThereIsNoTrace() {
    alone(PropagationMode.FORWARD).send(record());
    assertThat(sent.history().get(0).headers()).isEmpty();
  }

  @Test
  void sendsARecordAgain() {
    ProducerRecord<String, String> record = record("mine: stays");
    Producer<String, String> producer = traced();
    producer.send(record);
    ((RecordHeaders) record.headers()).setReadOnly();
    producer.send(record);
    assertThat(sent.history()).hasSize(2);
    for (ProducerRecord<String, String> each : sent.history()) {
      assertThat(headers(each, "traceparent")).hasSize(1);
      assertThat(headers(each, "mine")).containsExactly("stays");
    }
  }

  @Test
  void makesASpanByTheConventions() {
    traced().send(record("traceparent: " + TRACEPARENT));
    SpanData span = application.spans().get(0);
    assertThat(span.getName()).isEqualTo("send orders");
    assertThat(span.getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(span.getTraceId()).isEqualTo(TRACE);
    assertThat(span.getAttributes().asMap())
        .containsEntry(AttributeKey.stringKey("messaging.system"), "kafka")
        .containsEntry(AttributeKey.stringKey("messaging.operation.name"), "send")
        .containsEntry(AttributeKey.stringKey("messaging.operation.type"), "send")
        .containsEntry(AttributeKey.stringKey("messaging.destination.name"), "orders")
        .containsEntry(AttributeKey.stringKey("messaging.destination.partition.id"), "0")
        .containsEntry(AttributeKey.longKey("messaging.kafka.offset"), 0L);
    assertThat(headers(sent.history().get(0), "traceparent"))
        .containsExactly("00-" + TRACE + "-" + span.getSpanId() + "-01");
  }

  @Test
  void makesNoSecondSpanForARecordThatNamesTheCurrentOne() {
    Span span = application.tracer.spanBuilder("another's span").startSpan();
    String traceparent =
        "00-"
            + span.getSpanContext().getTraceId()
            + "-"
            + span.getSpanContext().getSpanId()
            + "-01";
    try (Scope scope = span.makeCurrent()) {
      traced().send(record("traceparent: " + traceparent, "tracestate: stale=1"));
    }
    assertThat(application.spans()).isEmpty();
    // Newer versions of OpenTelemetry set another flag than the one for sampled.
    assertThat(headers(sent.history().get(0), "traceparent"))
        .singleElement()
        .asString()
        .startsWith(traceparent.substring(0, 53));
    assertThat(headers(sent.history().get(0), "tracestate")).isEmpty();
  }

  @Test
  void failuresReachTheCallerAndTheSpan() {
    MockProducer<String, String> later =
        new MockProducer<>(false, null, new StringSerializer(), new StringSerializer());
    Producer<String, String> producer = TracedProducer.of(application.traced().tracing(), later);
    List<Exception> told = new ArrayList<>();
    producer.send(record(), (metadata, failure) -> told.add(failure));
    TimeoutException timeout = new TimeoutException("late");
    later.errorNext(timeout);
    assertThat(told).containsExactly(timeout);
    later.close();
    assertThatThrownBy(() -> producer.send(record())).isInstanceOf(IllegalStateException.class);
    assertThat(application.spans())
        .hasSize(2)
        .allSatisfy(
            span -> assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR));
    assertThat(Context.current()).isSameAs(Context.root());
  }

  @Test
  void isAddedToAFactoryOnce() {
    DefaultKafkaProducerFactory<String, String> factory =
        new DefaultKafkaProducerFactory<>(Map.of());
    KafkaTracePropagation propagation = application.traced();
    propagation.addTo(factory);
    propagation.addTo(factory);
    assertThat(factory.getPostProcessors()).hasSize(1);
  }

  @Test
  void replacesManyHeadersInReasonableTime() {
    RecordHeaders headers = new RecordHeaders();
    byte[] value = TRACEPARENT.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 300_000; i++) {
      headers.add("traceparent", value);
    }
    // One by one this would take minutes.
    traced().send(new ProducerRecord<>("orders", null, "key", "value", headers));
    assertThat(headers(sent.history().get(0), "traceparent")).hasSize(1);
  }

  @Test
  void hostileHeadersAreNoTrace() {
    byte[] huge = new byte[10_000_000];
    Arrays.fill(huge, (byte) '0');
    RecordHeaders headers = new RecordHeaders();
    headers.add("traceparent", huge);
    headers.add("tracestate", null);
    headers.add("baggage", new byte[] {(byte) 0xC3, 0x28, 0, -1});
    traced().send(new ProducerRecord<>("orders", null, "key", "value", headers));
    assertThat(headers(sent.history().get(0), "traceparent"))
        .singleElement()
        .asString()
        .hasSize(55);
  }
}
