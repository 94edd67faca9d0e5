package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.otlpevents.propagation.kafka.KafkaApplication;
import io.otlpevents.propagation.kafka.KafkaMatrixContract;
import io.otlpevents.propagation.kafka.RunningKafkaApplication;
import io.otlpevents.propagation.kafka.SeenSpan;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Traces over Kafka next to Brave, which needs Spring Kafka's observation. */
class BraveKafkaIntegrationTests extends KafkaMatrixContract {

  @Override
  protected String[] properties() {
    return new String[] {"observed=true"};
  }

  @Override
  protected KafkaApplication run(String... properties) {
    return RunningKafkaApplication.with(BraveSpans.class, properties);
  }

  @Override
  protected boolean makesSpans() {
    return false;
  }

  /** Spring Kafka observes no batches. */
  @Override
  protected boolean carriesOn(String way) {
    return !way.endsWith("batch");
  }

  @Override
  protected void assertTraceId(String way, String traceId, List<SeenSpan> spans) {
    if (carriesOn(way)) {
      super.assertTraceId(way, traceId, spans);
    } else {
      assertThat(traceId).isEmpty();
    }
  }

  @Override
  protected void assertSpanId(String way, String spanId, List<SeenSpan> spans) {
    if (carriesOn(way)) {
      assertThat(ids(spans, SpanKind.CONSUMER)).as(names(spans)).contains(spanId);
    } else {
      assertThat(spanId).isEmpty();
    }
  }

  @Override
  protected void assertTraceparent(String way, String traceparent, List<SeenSpan> spans) {
    assertThat(ids(spans, SpanKind.PRODUCER))
        .as(names(spans))
        .contains(traceparent.substring(36, 52));
  }

  /** Brave drops the trace state, and carries no baggage unless it is told which. */
  @Override
  protected void assertCarriedOn(ConsumerRecord<String, String> record) {
    assertThat(KafkaApplication.headers(record, "traceparent").get(0))
        .as(record.topic())
        .startsWith("00-" + TRACE + "-")
        .endsWith("-01");
    assertThat(KafkaApplication.headers(record, "tracestate")).as(record.topic()).isEmpty();
    // What is passed on keeps its own.
    assertThat(KafkaApplication.headers(record, "baggage"))
        .as(record.topic())
        .isEqualTo(record.topic().endsWith("-out") ? List.of() : List.of("k=v"));
  }

  /** Spring Kafka never ends the span of a record that could not be deserialized. */
  @Override
  protected boolean isOneTree(String way) {
    return !way.equals("poison");
  }
}
