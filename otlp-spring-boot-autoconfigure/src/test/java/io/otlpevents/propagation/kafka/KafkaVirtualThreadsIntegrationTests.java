package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Consumers on virtual threads. */
@EnabledForJreRange(min = JRE.JAVA_21)
class KafkaVirtualThreadsIntegrationTests extends KafkaMatrixContract {

  @Override
  protected String[] properties() {
    return new String[] {ALONE, "virtual=true"};
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
