package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;

class KafkaAloneParticipateIntegrationTests extends KafkaMatrixContract {

  @Override
  String[] properties() {
    return new String[] {ALONE, "otlp.propagation.mode=participate"};
  }

  @Override
  boolean makesSpans() {
    return false;
  }

  @Override
  void assertSpanId(String way, String spanId, List<SpanData> spans) {
    assertThat(spanId).matches("[0-9a-f]{16}").isNotEqualTo(PARENT);
  }

  @Override
  void assertTraceparent(String traceparent, List<SpanData> spans) {
    assertThat(traceparent).isNotEqualTo(TRACEPARENT);
  }
}
