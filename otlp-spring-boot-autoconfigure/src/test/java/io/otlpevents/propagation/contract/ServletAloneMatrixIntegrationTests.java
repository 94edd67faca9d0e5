package io.otlpevents.propagation.contract;

import java.util.List;

class ServletAloneMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return TracerUnderTest.NONE;
  }

  @Override
  protected TestApplication start(String... properties) {
    return TestApplication.servlet(TestApplication.with(properties, TestApplication.ALONE));
  }

  @Override
  protected List<Way> ways() {
    return Way.SERVLET;
  }
}
