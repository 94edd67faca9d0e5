package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

class KafkaAloneParticipateIntegrationTests extends KafkaMatrixContract {

  @Override
  protected String[] properties() {
    return new String[] {ALONE, "otlp.propagation.mode=participate"};
  }

  @Override
  protected boolean makesSpans() {
    return false;
  }

  @Override
  protected void assertSpanId(String way, String spanId, List<SeenSpan> spans) {
    assertThat(spanId).matches("[0-9a-f]{16}").isNotEqualTo(PARENT);
  }

  @Override
  protected void assertTraceparent(String way, String traceparent, List<SeenSpan> spans) {
    assertThat(traceparent).isNotEqualTo(TRACEPARENT);
  }
}
