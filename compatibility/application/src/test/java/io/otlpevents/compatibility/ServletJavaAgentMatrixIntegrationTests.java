package io.otlpevents.compatibility;

import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.TraceMatrixContract;
import io.otlpevents.propagation.contract.TracerUnderTest;
import java.util.List;
import org.springframework.boot.WebApplicationType;

class ServletJavaAgentMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return TracerUnderTest.OPENTELEMETRY;
  }

  @Override
  protected RunningApplication start(String... properties) {
    return new ForkedApplication(ForkedJvm.shared(), WebApplicationType.SERVLET, properties);
  }

  @Override
  protected List<Way> ways() {
    return Way.SERVLET;
  }
}
