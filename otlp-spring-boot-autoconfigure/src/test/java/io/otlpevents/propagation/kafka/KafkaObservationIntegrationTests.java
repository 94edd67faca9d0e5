package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;

/** Spring Kafka's own observation is on, so this library adds no span. */
class KafkaObservationIntegrationTests extends KafkaMatrixContract {

  @Override
  String[] properties() {
    return new String[] {"observed=true"};
  }

  @Override
  boolean makesSpans() {
    return false;
  }

  // Spring Kafka never ends the span of a record that could not be deserialized.
  @Override
  boolean endsItsSpans(String way) {
    return !way.equals("poison");
  }

  @Override
  void assertSpanId(String way, String spanId, List<SpanData> spans) {
    // Spring Kafka observes no batches.
    if (way.endsWith("batch")) {
      assertThat(spanId).isEqualTo(PARENT);
    } else {
      assertThat(ids(spans, SpanKind.CONSUMER)).as(names(spans)).contains(spanId);
    }
  }

  @Override
  void assertTraceparent(String traceparent, List<SpanData> spans) {
    assertThat(ids(spans, SpanKind.PRODUCER))
        .as(names(spans))
        .contains(traceparent.substring(36, 52));
  }
}
