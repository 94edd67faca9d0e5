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
  protected Iterable<Way> ways() {
    return List.of(
        new Way("/call?via=rest", "arrived"),
        new Way("/call?via=template", "arrived"),
        new Way("/call?via=web", "arrived"),
        new Way("/callable?via=rest", "arrived"),
        new Way("/deferred?via=rest", "arrived"),
        new Way("/background?via=rest", "in.background"),
        new Way("/background?via=web", "in.background"));
  }
}
