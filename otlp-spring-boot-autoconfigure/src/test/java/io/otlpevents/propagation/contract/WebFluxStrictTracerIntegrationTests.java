package io.otlpevents.propagation.contract;

/** The same with Spring Boot's tracer, which reads its headers through the strict propagator. */
class WebFluxStrictTracerIntegrationTests extends TraceContextContract {

  @Override
  protected TestApplication start() {
    return TestApplication.reactive(
        "otlp.propagation.strict=true", "management.tracing.sampling.probability=1.0");
  }
}
