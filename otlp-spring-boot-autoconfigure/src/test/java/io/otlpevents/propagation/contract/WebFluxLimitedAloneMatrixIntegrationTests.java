package io.otlpevents.propagation.contract;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import reactor.core.publisher.Hooks;

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
  protected Iterable<Way> ways() {
    return List.of(new Way("/call", "arrived"), new Way("/later", "arrived"));
  }

  // The mode is a global one.
  @AfterAll
  static void restoreReactor() {
    Hooks.disableAutomaticContextPropagation();
  }
}
