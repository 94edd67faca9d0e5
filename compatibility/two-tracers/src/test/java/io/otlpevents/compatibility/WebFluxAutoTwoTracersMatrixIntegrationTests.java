package io.otlpevents.compatibility;

import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.TestApplication;
import io.otlpevents.propagation.contract.TraceMatrixContract;
import io.otlpevents.propagation.contract.TracerUnderTest;
import java.util.List;

/** Both make spans, and OpenTelemetry's are the ones that count. */
class WebFluxAutoTwoTracersMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return RecordedByBoth.TRACER;
  }

  @Override
  protected RunningApplication start(String... properties) {
    return RecordedByBoth.reactive(
        TestApplication.with(properties, "spring.reactor.context-propagation=auto"));
  }

  @Override
  protected List<Way> ways() {
    return Way.WEBFLUX_WITH_THREADS;
  }
}
