package io.otlpevents.compatibility;

import java.util.List;

/** Alone: nothing makes spans, nothing sends logs. */
class NothingElseIntegrationTests extends StackContract {

  @Override
  protected boolean makesSpans() {
    return false;
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
