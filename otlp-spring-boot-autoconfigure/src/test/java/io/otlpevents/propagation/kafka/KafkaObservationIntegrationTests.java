package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import java.util.List;

/** Spring Kafka's own observation is on, so this library adds no span. */
class KafkaObservationIntegrationTests extends KafkaMatrixContract {

  @Override
  protected String[] properties() {
    return new String[] {"observed=true"};
  }

  @Override
  protected boolean makesSpans() {
    return false;
  }

  // Spring Kafka never ends the span of a record that could not be deserialized.
  @Override
  protected boolean isOneTree(String way) {
    return !way.equals("poison");
  }

  @Override
  protected void assertSpanId(String way, String spanId, List<SeenSpan> spans) {
    // Spring Kafka observes no batches.
    if (way.endsWith("batch")) {
      assertThat(spanId).isEqualTo(PARENT);
    } else {
      assertThat(ids(spans, SpanKind.CONSUMER)).as(names(spans)).contains(spanId);
    }
  }

  @Override
  protected void assertTraceparent(String way, String traceparent, List<SeenSpan> spans) {
    assertThat(ids(spans, SpanKind.PRODUCER))
        .as(names(spans))
        .contains(traceparent.substring(36, 52));
  }
}
