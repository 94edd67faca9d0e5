package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.otlpevents.propagation.contract.ForkedApplication;
import io.otlpevents.propagation.contract.ForkedJvm;
import io.otlpevents.propagation.contract.RecordedSpan;
import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.TestApplication;
import io.otlpevents.propagation.contract.TraceMatrixContract;
import io.otlpevents.propagation.contract.TracerUnderTest;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;

class ServletJavaAgentMatrixIntegrationTests extends TraceMatrixContract {

  @Override
  protected TracerUnderTest tracer() {
    return TracerUnderTest.OPENTELEMETRY;
  }

  @Override
  protected RunningApplication start(String... properties) {
    return new ForkedApplication(
        ForkedJvm.shared(),
        WebApplicationType.SERVLET,
        TestApplication.with(properties, "otlp.events.mirror-to-span=true"));
  }

  @Override
  protected List<Way> ways() {
    return Way.SERVLET;
  }

  @Test
  void mirrorsEventsToTheSpanOfTheAgent() {
    ask(application(), ways().get(0));
    assertThat(application().spans())
        .filteredOn(span -> span.kind() == SpanKind.SERVER)
        .singleElement()
        .extracting(RecordedSpan::events)
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .containsExactly("arrived");
  }
}
