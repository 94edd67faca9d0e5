package io.otlpevents.compatibility;

import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.TraceContextContract;

/** OpenTelemetry's starter behind the strict propagator. */
class WebFluxStrictStarterIntegrationTests extends TraceContextContract {

  @Override
  protected RunningApplication start() {
    return RecordedByStarter.reactive("otlp.propagation.strict=true");
  }
}
