package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

class KafkaAloneForwardIntegrationTests extends KafkaMatrixContract {

  @Override
  protected String[] properties() {
    return new String[] {ALONE};
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
    assertThat(traceparent).isEqualTo(TRACEPARENT);
  }
}
