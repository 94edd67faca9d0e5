package io.otlpevents.compatibility;

import java.util.List;

/** Next to Micrometer Tracing with Brave: spans that OpenTelemetry knows nothing of. */
class BraveIntegrationTests extends StackContract {

  @Override
  protected boolean makesSpans() {
    return true;
  }

  @Override
  protected boolean sendsLogs() {
    return false;
  }

  @Override
  protected List<String> properties(String logsEndpoint) {
    return List.of();
  }
}
