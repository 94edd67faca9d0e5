package io.otlpevents.compatibility;

import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.TestApplication;
import io.otlpevents.propagation.contract.TraceMatrixContract;
import io.otlpevents.propagation.contract.TracerUnderTest;
import java.util.List;

/** Brave carries ids only, with or without this library. */
class WebFluxAutoBraveMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return RecordedByBrave.TRACER;
  }

  @Override
  protected RunningApplication start(String... properties) {
    return RecordedByBrave.reactive(
        TestApplication.with(properties, "spring.reactor.context-propagation=auto"));
  }

  @Override
  protected List<Way> ways() {
    return Way.WEBFLUX_WITH_THREADS;
  }

  @Override
  protected List<String> traceState() {
    return List.of();
  }

  @Override
  protected List<String> baggage() {
    return List.of();
  }
}
