package io.otlpevents.propagation.contract;

class ServletTraceContextIntegrationTests extends TraceContextContract {

  @Override
  protected TestApplication start() {
    return TestApplication.servlet(TestApplication.ALONE, "otlp.propagation.mode=participate");
  }
}
