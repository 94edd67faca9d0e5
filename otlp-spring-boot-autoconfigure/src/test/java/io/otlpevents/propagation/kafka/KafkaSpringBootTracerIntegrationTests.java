package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;

class KafkaSpringBootTracerIntegrationTests extends KafkaMatrixContract {

  @Override
  String[] properties() {
    return new String[0];
  }

  @Override
  boolean makesSpans() {
    return true;
  }

  @Override
  void assertSpanId(String way, String spanId, List<SpanData> spans) {
    assertThat(ids(spans, SpanKind.CONSUMER)).as(names(spans)).contains(spanId);
  }

  @Override
  void assertTraceparent(String traceparent, List<SpanData> spans) {
    assertThat(ids(spans, SpanKind.PRODUCER))
        .as(names(spans))
        .contains(traceparent.substring(36, 52));
  }
}
