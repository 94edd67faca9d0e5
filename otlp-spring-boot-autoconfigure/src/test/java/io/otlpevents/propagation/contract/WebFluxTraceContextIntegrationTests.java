package io.otlpevents.propagation.contract;

class WebFluxTraceContextIntegrationTests extends TraceContextContract {

  @Override
  protected TestApplication start() {
    return TestApplication.reactive(TestApplication.ALONE, "otlp.propagation.mode=participate");
  }
}
