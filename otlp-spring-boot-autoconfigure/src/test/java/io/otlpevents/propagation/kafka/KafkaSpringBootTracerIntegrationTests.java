package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import java.util.List;

class KafkaSpringBootTracerIntegrationTests extends KafkaMatrixContract {

  @Override
  protected String[] properties() {
    return new String[0];
  }

  @Override
  protected boolean makesSpans() {
    return true;
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
