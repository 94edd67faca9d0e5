package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.otlpevents.propagation.kafka.ForkedKafkaApplication;
import io.otlpevents.propagation.kafka.KafkaApplication;
import io.otlpevents.propagation.kafka.KafkaMatrixContract;
import io.otlpevents.propagation.kafka.SeenSpan;
import java.io.File;
import java.nio.file.Path;
import java.util.List;

/** Traces over Kafka under OpenTelemetry's Java agent, which makes spans of its own. */
class JavaAgentKafkaIntegrationTests extends KafkaMatrixContract {

  @Override
  protected KafkaApplication run(String... properties) {
    Path agent =
        List.of(System.getProperty("java.class.path").split(File.pathSeparator)).stream()
            .filter(entry -> entry.contains("opentelemetry-javaagent"))
            .findFirst()
            .map(Path::of)
            .orElseThrow();
    return new ForkedKafkaApplication(agent, properties);
  }

  @Override
  protected boolean makesSpans() {
    return false;
  }

  /** The agent gives a batch a trace of its own, with a link to each record. */
  @Override
  protected boolean carriesOn(String way) {
    return !way.endsWith("batch");
  }

  @Override
  protected void assertTraceId(String way, String traceId, List<SeenSpan> spans) {
    if (carriesOn(way)) {
      super.assertTraceId(way, traceId, spans);
    } else {
      assertThat(traceId).isNotEqualTo(TRACE);
    }
  }

  @Override
  protected void assertSpanId(String way, String spanId, List<SeenSpan> spans) {
    assertThat(spans)
        .as(names(spans))
        .filteredOn(span -> span.spanId().equals(spanId))
        .singleElement()
        .satisfies(span -> assertThat(span.kind()).isEqualTo(SpanKind.CONSUMER))
        .satisfies(
            span ->
                assertThat(span.links())
                    .isEqualTo(carriesOn(way) ? List.of() : List.of(TRACE + "-" + PARENT)));
  }

  @Override
  protected void assertTraceparent(String way, String traceparent, List<SeenSpan> spans) {
    assertThat(ids(spans, SpanKind.PRODUCER))
        .as(names(spans))
        .contains(traceparent.substring(36, 52));
  }

  /** The template that waits for replies takes them in batches. */
  @Override
  protected boolean isOneTree(String way) {
    return !way.equals("ask");
  }
}
