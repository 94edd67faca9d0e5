package io.otlpevents.compatibility;

import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.TraceMatrixContract;
import io.otlpevents.propagation.contract.TracerUnderTest;
import java.util.List;
import org.springframework.boot.WebApplicationType;

class ServletJavaAgentAndSpringBootMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return AgentAndSpringBoot.TRACER;
  }

  @Override
  protected RunningApplication start(String... properties) {
    return AgentAndSpringBoot.start(WebApplicationType.SERVLET, properties);
  }

  @Override
  protected List<Way> ways() {
    return Way.SERVLET;
  }

  @Override
  protected List<String> traceState() {
    return AgentAndSpringBoot.traceState(application());
  }
}
