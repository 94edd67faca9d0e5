package io.otlpevents.propagation.contract;

import java.util.List;

class WebFluxAutoSpringBootTracerMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return TracerUnderTest.OPENTELEMETRY;
  }

  @Override
  protected TestApplication start(String... properties) {
    return TestApplication.reactive(
        TestApplication.with(
            properties,
            "management.tracing.sampling.probability=1.0",
            "spring.reactor.context-propagation=auto"));
  }

  @Override
  protected List<Way> ways() {
    return Way.WEBFLUX_WITH_THREADS;
  }
}
