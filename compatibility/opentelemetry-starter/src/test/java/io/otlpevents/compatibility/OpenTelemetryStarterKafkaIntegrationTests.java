package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.otlpevents.propagation.kafka.KafkaApplication;
import io.otlpevents.propagation.kafka.KafkaMatrixContract;
import io.otlpevents.propagation.kafka.OpenTelemetrySpans;
import io.otlpevents.propagation.kafka.RunningKafkaApplication;
import io.otlpevents.propagation.kafka.SeenSpan;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Traces over Kafka next to OpenTelemetry's starter, which makes spans of its own. */
class OpenTelemetryStarterKafkaIntegrationTests extends KafkaMatrixContract {

  @Override
  protected String[] properties() {
    return new String[] {
      "otel.traces.exporter=none", "otel.metrics.exporter=none", "otel.logs.exporter=none"
    };
  }

  @Override
  protected KafkaApplication run(String... properties) {
    return RunningKafkaApplication.with(StarterSpans.class, properties);
  }

  @Override
  protected boolean makesSpans() {
    return false;
  }

  @Override
  protected void assertSpanId(String way, String spanId, List<SeenSpan> spans) {
    if (way.equals("manual")) {
      // The starter does not know of containers that no factory has made.
      assertThat(spanId).isEqualTo(PARENT);
    } else {
      assertThat(ids(spans, SpanKind.CONSUMER)).as(names(spans)).contains(spanId);
    }
  }

  @Override
  protected void assertTraceparent(String way, String traceparent, List<SeenSpan> spans) {
    // The starter does not know of producer factories that are not Spring Boot's.
    SpanKind kind = way.equals("tx") ? SpanKind.CONSUMER : SpanKind.PRODUCER;
    assertThat(ids(spans, kind)).as(names(spans)).contains(traceparent.substring(36, 52));
  }

  /** Lets the starter's tracer export to where the spans are kept. */
  @Configuration(proxyBeanMethods = false)
  @Import(OpenTelemetrySpans.class)
  static class StarterSpans {

    @Bean
    AutoConfigurationCustomizerProvider keepSpans(InMemorySpanExporter exporter) {
      return customizer ->
          customizer.addTracerProviderCustomizer(
              (provider, config) ->
                  provider.addSpanProcessor(SimpleSpanProcessor.create(exporter)));
    }
  }
}
