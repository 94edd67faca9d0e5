package io.otlpevents.propagation.kafka;

import static io.otlpevents.propagation.kafka.KafkaMatrixContract.PARENT;
import static io.otlpevents.propagation.kafka.KafkaMatrixContract.TRACE;
import static io.otlpevents.propagation.kafka.KafkaMatrixContract.TRACEPARENT;
import static io.otlpevents.propagation.kafka.KafkaMatrixContract.ask;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the properties do, and what hostile headers do not, with a real broker. */
class KafkaPropertiesIntegrationTests {

  @Test
  void spansCanBeSwitchedOff() {
    try (RunningKafkaApplication application =
        new RunningKafkaApplication("otlp.propagation.kafka.spans=false")) {
      ConsumerRecord<String, String> out = ask(application, "retry");
      assertThat(application.spans()).isEmpty();
      assertThat(application.events().traceId("retry")).isEqualTo(TRACE);
      assertThat(application.events().spanId("retry")).isEqualTo(PARENT);
      assertThat(KafkaApplication.headers(out, "traceparent")).containsExactly(TRACEPARENT);
      application.bean(WatchedConsumers.class).assertNoContextWasLeft();
    }
  }

  @Test
  void kafkaCanBeSwitchedOff() {
    try (RunningKafkaApplication application =
        new RunningKafkaApplication("otlp.propagation.kafka.enabled=false")) {
      ConsumerRecord<String, String> out = ask(application, "record");
      assertThat(application.spans()).isEmpty();
      assertThat(application.events().spanId("record")).isIn("", SpanId.getInvalid());
      assertThat(KafkaApplication.headers(out, "traceparent"))
          .singleElement()
          .asString()
          .doesNotContain(TRACE);
      // Code that uses it still works.
      application.bean(KafkaTraceContext.class).runWith(out, () -> {});
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"alone", "tracer"})
  void hostileHeadersAreIgnoredAndTheRecordIsProcessed(String mode) {
    Map<String, Consumer<Headers>> hostile = new LinkedHashMap<>();
    hostile.put("huge", headers -> headers.add("traceparent", filled(700_000)));
    hostile.put("huge state", headers -> headers.add("tracestate", filled(700_000)));
    hostile.put("huge baggage", headers -> headers.add("baggage", filled(700_000)));
    hostile.put(
        "many",
        headers -> {
          for (int i = 0; i < 10_000; i++) {
            headers.add("traceparent", bytes(TRACEPARENT));
          }
        });
    hostile.put("null", headers -> headers.add("traceparent", null).add("baggage", null));
    hostile.put("empty", headers -> headers.add("traceparent", new byte[0]));
    hostile.put(
        "not UTF-8",
        headers ->
            headers
                .add("traceparent", new byte[] {(byte) 0xC3, 0x28, (byte) 0xFF})
                .add("baggage", new byte[] {'k', '=', (byte) 0xFF}));
    hostile.put(
        "UTF-16",
        headers -> headers.add("traceparent", TRACEPARENT.getBytes(StandardCharsets.UTF_16)));
    try (RunningKafkaApplication application =
        new RunningKafkaApplication(
            mode.equals("alone") ? KafkaMatrixContract.ALONE : "tracer=yes")) {
      hostile.forEach(
          (name, headers) -> {
            application.forget();
            ProducerRecord<String, String> record =
                new ProducerRecord<>(application.topics + "dead", "value");
            headers.accept(record.headers());
            application.send(record);
            application.awaitOut("dead");
            // OpenTelemetry's own propagator takes the first of many.
            if (!(name.equals("many") && mode.equals("tracer"))) {
              assertThat(application.events().traceId("dead")).as(name).isNotEqualTo(TRACE);
            }
          });
      application.forget();
      ProducerRecord<String, String> valid =
          new ProducerRecord<>(application.topics + "dead", "value");
      for (int i = 0; i < 10_000; i++) {
        valid.headers().add("h" + i, null);
      }
      valid.headers().add("traceparent", bytes(TRACEPARENT));
      application.send(valid);
      application.awaitOut("dead");
      assertThat(application.events().traceId("dead")).isEqualTo(TRACE);
      application.bean(WatchedConsumers.class).assertNoContextWasLeft();
    }
  }

  private static byte[] filled(int length) {
    byte[] value = new byte[length];
    Arrays.fill(value, (byte) 'a');
    return value;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
