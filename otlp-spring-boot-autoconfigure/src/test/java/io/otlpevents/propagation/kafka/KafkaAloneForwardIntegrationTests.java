package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;

class KafkaAloneForwardIntegrationTests extends KafkaMatrixContract {

  @Override
  String[] properties() {
    return new String[] {ALONE};
  }

  @Override
  boolean makesSpans() {
    return false;
  }

  @Override
  void assertSpanId(String way, String spanId, List<SpanData> spans) {
    assertThat(spanId).isEqualTo(PARENT);
  }

  @Override
  void assertTraceparent(String traceparent, List<SpanData> spans) {
    assertThat(traceparent).isEqualTo(TRACEPARENT);
  }
}
