package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.otlpevents.propagation.contract.RecordedSpan;
import io.otlpevents.propagation.contract.RunningApplication;
import io.otlpevents.propagation.contract.TraceContextContract;
import io.otlpevents.propagation.contract.TracerUnderTest;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** OpenTelemetry's starter behind the strict propagator; its spans get events, too. */
class ServletStrictStarterIntegrationTests extends TraceContextContract {

  @Override
  protected RunningApplication start() {
    return RecordedByStarter.servlet(
        "otlp.propagation.strict=true",
        "otlp.propagation.baggage.max-members=2",
        "otlp.events.mirror-to-span=true");
  }

  @Test
  void readsBaggageByTheLetter() {
    application()
        .get("/call", "baggage: a=%41;p=1 , b = 2", "baggage: no member", "baggage: c=3,a=4");
    // Read by this library, and written by OpenTelemetry, which encodes properties.
    assertThat(application().downstream().header(0, "baggage")).containsExactly("a=A;p%3D1,b=2");
  }

  @Test
  void mirrorsEventsToTheSpanOfTheRequest() {
    application().forgetSpans();
    application().get("/call");
    TracerUnderTest.OPENTELEMETRY.await(application(), 1, 1);
    assertThat(application().spans())
        .filteredOn(span -> span.kind() == SpanKind.SERVER)
        .singleElement()
        .extracting(RecordedSpan::events)
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .containsExactly("arrived");
  }
}
