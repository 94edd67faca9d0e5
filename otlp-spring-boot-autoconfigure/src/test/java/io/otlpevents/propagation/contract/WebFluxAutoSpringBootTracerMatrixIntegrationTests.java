package io.otlpevents.propagation.contract;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import reactor.core.publisher.Hooks;

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
  protected Iterable<Way> ways() {
    return List.of(
        new Way("/call", "arrived"), new Way("/later", "arrived"), new Way("/plain", "arrived"));
  }

  // The mode is a global one.
  @AfterAll
  static void restoreReactor() {
    Hooks.disableAutomaticContextPropagation();
  }
}
