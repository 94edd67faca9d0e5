package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.propagation.kafka.KafkaApplication;
import io.otlpevents.propagation.kafka.KafkaMatrixContract;
import io.otlpevents.propagation.kafka.RunningKafkaApplication;
import io.otlpevents.propagation.kafka.SeenSpan;
import io.opentelemetry.api.trace.SpanKind;
import java.util.List;

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

  @Override
  protected void assertSpanId(String way, String spanId, List<SeenSpan> spans) {
    assertThat(ids(spans, SpanKind.CONSUMER)).as(names(spans)).contains(spanId);
  }

  @Override
  protected void assertTraceparent(String way, String traceparent, List<SeenSpan> spans) {
    assertThat(ids(spans, SpanKind.PRODUCER))
        .as(names(spans))
        .contains(traceparent.substring(36, 52));
  }
}
