package io.otlpevents.compatibility;

import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.TraceMatrixContract;
import io.otlpevents.propagation.contract.TracerUnderTest;
import java.util.List;

class ServletStarterMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return TracerUnderTest.OPENTELEMETRY;
  }

  @Override
  protected RunningApplication start(String... properties) {
    return RecordedByStarter.servlet(properties);
  }

  @Override
  protected List<Way> ways() {
    return Way.SERVLET;
  }
}
