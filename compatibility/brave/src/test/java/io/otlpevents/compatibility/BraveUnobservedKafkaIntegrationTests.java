package io.otlpevents.compatibility;

import static io.otlpevents.propagation.kafka.KafkaMatrixContract.PARENT;
import static io.otlpevents.propagation.kafka.KafkaMatrixContract.TRACE;
import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.propagation.kafka.KafkaApplication;
import io.otlpevents.propagation.kafka.RunningKafkaApplication;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Next to Brave, where Spring Kafka's observation is off, as it is unless it is switched on. */
class BraveUnobservedKafkaIntegrationTests {

  private static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";

  @ParameterizedTest
  @ValueSource(strings = {"record", "batch", "error", "retry", "dead"})
  void noTraceIsReadAndNoneIsWritten(String way) {
    try (KafkaApplication application = RunningKafkaApplication.with(BraveSpans.class)) {
      application.send(way, "traceparent: " + TRACEPARENT);
      ConsumerRecord<String, String> out = application.awaitOut(way);
      assertThat(application.event(way)).isEqualTo("-");
      // What the application has written itself.
      assertThat(KafkaApplication.headers(out, "traceparent"))
          .containsExactly("00-11111111111111111111111111111111-1111111111111111-01");
      assertThat(application.passedOn(way))
          .allSatisfy(
              record ->
                  assertThat(KafkaApplication.headers(record, "traceparent"))
                      .containsExactly(TRACEPARENT));
      application.assertNoContextWasLeft();
      assertThat(application.spans()).isEmpty();
    }
  }
}
