package io.otlpevents.compatibility;

import io.opentelemetry.api.OpenTelemetry;
import java.util.List;
import org.springframework.context.ConfigurableApplicationContext;

/** Next to Spring Boot's own OpenTelemetry, which is told to export logs. */
class BootOpenTelemetryIntegrationTests extends StackContract {

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
        "--management.opentelemetry.logging.export.otlp.endpoint=" + logsEndpoint + "/v1/logs",
        "--management.otlp.metrics.export.enabled=false");
  }

  /** Spring Boot exports what it is given, and leaves it to others to give it the log. */
  @Override
  protected void log(ConfigurableApplicationContext context, String line) {
    context
        .getBean(OpenTelemetry.class)
        .getLogsBridge()
        .get("shop")
        .logRecordBuilder()
        .setBody(line)
        .emit();
  }
}
