package io.otlpevents.propagation.contract;

import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

@EnabledForJreRange(min = JRE.JAVA_21)
class ServletVirtualThreadsAloneMatrixIntegrationTests extends ServletAloneMatrixIntegrationTests {

  @Override
  protected TestApplication start(String... properties) {
    return super.start(TestApplication.with(properties, "spring.threads.virtual.enabled=true"));
  }
}
