package io.otlpevents.compatibility;

import io.opentelemetry.sdk.autoconfigure.spi.AutoConfigurationCustomizerProvider;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.otlpevents.propagation.contract.TestApplication;
import java.util.List;
import org.springframework.context.annotation.Bean;

/** Applications with OpenTelemetry's starter, whose spans are kept. */
class RecordedByStarter {

  private static final String[] EXPORTS_NOTHING = {
    "otel.traces.exporter=none", "otel.logs.exporter=none", "otel.metrics.exporter=none"
  };

  static TestApplication servlet(String... properties) {
    return TestApplication.servlet(
        List.of(RecordedByStarter.class), TestApplication.with(properties, EXPORTS_NOTHING));
  }

  static TestApplication reactive(String... properties) {
    return TestApplication.reactive(
        List.of(RecordedByStarter.class), TestApplication.with(properties, EXPORTS_NOTHING));
  }

  @Bean
  AutoConfigurationCustomizerProvider recording(InMemorySpanExporter spans) {
    return customizer ->
        customizer.addTracerProviderCustomizer(
            (provider, config) -> provider.addSpanProcessor(SimpleSpanProcessor.create(spans)));
  }
}
