package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.propagation.kafka.KafkaApplication;
import io.otlpevents.propagation.kafka.KafkaMatrixContract;
import io.otlpevents.propagation.kafka.RunningKafkaApplication;
import io.otlpevents.propagation.kafka.SeenSpan;
import java.util.List;

/** Traces over Kafka next to Brave, where Spring Kafka's observation is off, as it is by default. */
class BraveUnobservedKafkaIntegrationTests extends KafkaMatrixContract {

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
    assertThat(spanId).isEqualTo(PARENT);
  }

  @Override
  protected void assertTraceparent(String way, String traceparent, List<SeenSpan> spans) {
    assertThat(traceparent).contains(PARENT);
  }
}
