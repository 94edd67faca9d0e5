package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.otlpevents.propagation.contract.RecordedSpan;
import io.otlpevents.propagation.contract.TestApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Whoever has two tracers hears of it. */
@ExtendWith(OutputCaptureExtension.class)
class TwoTracersIntegrationTests {

  @Test
  void warnsOnce(CapturedOutput output) throws Exception {
    try (TestApplication application = RecordedByBoth.servlet()) {
      application.get("/call");
      application.get("/call");
      assertThat(application.spans())
          .filteredOn(span -> span.kind() == SpanKind.CLIENT)
          .extracting(RecordedSpan::maker)
          .contains(RecordedSpan.OPENTELEMETRY, RecordedByBoth.BRAVE);
      assertThat(output.toString().lines())
          .filteredOn(line -> line.contains("Several tracers are active"))
          .singleElement()
          .asString()
          .contains("OpenTelemetry, Micrometer Tracing (BraveTracer)")
          .contains("the context of OpenTelemetry is the one");
    }
  }
}
