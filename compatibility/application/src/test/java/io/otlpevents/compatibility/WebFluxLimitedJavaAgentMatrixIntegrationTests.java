package io.otlpevents.compatibility;

import io.otlpevents.propagation.contract.ForkedApplication;
import io.otlpevents.propagation.contract.ForkedJvm;
import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.TestApplication;
import io.otlpevents.propagation.contract.TraceMatrixContract;
import io.otlpevents.propagation.contract.TracerUnderTest;
import java.util.List;
import org.springframework.boot.WebApplicationType;

class WebFluxLimitedJavaAgentMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return TracerUnderTest.OPENTELEMETRY;
  }

  @Override
  protected RunningApplication start(String... properties) {
    return new ForkedApplication(
        ForkedJvm.shared(),
        WebApplicationType.REACTIVE,
        TestApplication.with(properties, "spring.reactor.context-propagation=limited"));
  }

  @Override
  protected List<Way> ways() {
    return Way.WEBFLUX_WITH_THREADS;
  }
}
