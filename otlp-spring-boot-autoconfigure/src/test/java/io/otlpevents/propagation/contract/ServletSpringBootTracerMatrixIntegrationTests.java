package io.otlpevents.propagation.contract;

import java.util.List;

class ServletSpringBootTracerMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return TracerUnderTest.OPENTELEMETRY;
  }

  @Override
  protected TestApplication start(String... properties) {
    return TestApplication.servlet(
        TestApplication.with(properties, "management.tracing.sampling.probability=1.0"));
  }

  @Override
  protected List<Way> ways() {
    return Way.SERVLET;
  }
}
