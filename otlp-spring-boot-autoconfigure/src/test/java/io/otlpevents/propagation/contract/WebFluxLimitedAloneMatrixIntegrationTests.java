package io.otlpevents.propagation.contract;

import java.util.List;

class WebFluxLimitedAloneMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return TracerUnderTest.NONE;
  }

  @Override
  protected TestApplication start(String... properties) {
    return TestApplication.reactive(
        TestApplication.with(
            properties, TestApplication.ALONE, "spring.reactor.context-propagation=limited"));
  }

  @Override
  protected List<Way> ways() {
    return Way.WEBFLUX;
  }
}
