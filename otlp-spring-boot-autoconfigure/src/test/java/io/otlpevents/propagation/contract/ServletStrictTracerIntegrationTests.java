package io.otlpevents.propagation.contract;

/** The same with Spring Boot's tracer, which reads its headers through the strict propagator. */
class ServletStrictTracerIntegrationTests extends TraceContextContract {

  @Override
  protected TestApplication start() {
    return TestApplication.servlet(
        "otlp.propagation.strict=true", "management.tracing.sampling.probability=1.0");
  }
}
