package io.otlpevents.propagation.kafka;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Keeps the spans of an OpenTelemetry SDK that exports to an {@link InMemorySpanExporter}. */
@Configuration(proxyBeanMethods = false)
public class OpenTelemetrySpans {

  @Bean
  InMemorySpanExporter spanExporter() {
    return InMemorySpanExporter.create();
  }

  @Bean
  SpanRecorder spanRecorder(
      InMemorySpanExporter exporter, ObjectProvider<OpenTelemetry> openTelemetry) {
    return new SpanRecorder() {
      @Override
      public List<SeenSpan> spans() {
        if (openTelemetry.getIfAvailable() instanceof OpenTelemetrySdk sdk) {
          sdk.getSdkTracerProvider().forceFlush().join(20, TimeUnit.SECONDS);
        }
        return exporter.getFinishedSpanItems().stream().map(SeenSpan::of).toList();
      }

      @Override
      public void clear() {
        spans();
        exporter.reset();
      }
    };
  }
}
