package io.otlpevents.compatibility;

import java.util.List;

/** Next to OpenTelemetry's starter, which sends the log of the logging library. */
class OpenTelemetryStarterIntegrationTests extends StackContract {

  @Override
  protected boolean makesSpans() {
    return true;
  }

  @Override
  protected boolean sendsLogs() {
    return true;
  }

  @Override
  protected List<String> properties(String logsEndpoint) {
    return List.of(
        "--otel.exporter.otlp.endpoint=" + logsEndpoint,
        "--otel.exporter.otlp.protocol=http/protobuf",
        "--otel.metrics.exporter=none");
  }
}
