package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.DeferredEvent;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventType;
import io.otlpevents.ledger.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeferredEventTests {

  private final ScriptedDestination destination = new ScriptedDestination("test");
  private final EventPipeline pipeline =
      EventPipeline.builder()
          .destination(destination)
          .minimumSeverity(Severity.DEBUG)
          .filter(event -> !"no".equals(event.attribute("filter")))
          .build();

  @AfterEach
  void close() {
    pipeline.close(Duration.ZERO);
  }

  @Test
  void keepsTheTimeAndTheValuesOfWhenItWasBuilt() {
    List<String> items = new ArrayList<>(List.of("a"));
    DeferredEvent deferred = event("deferred").attribute("items", items).defer();
    items.add("b");
    assertThat(event("between").emit()).isEqualTo(EmitResult.ACCEPTED);
    assertThat(deferred.emit()).isEqualTo(EmitResult.ACCEPTED);
    pipeline.flush(Duration.ofSeconds(60));
    assertThat(destination.delivered)
        .extracting(LogRecord::getEventName)
        .containsExactly("between", "deferred");
    LogRecord between = destination.delivered.get(0);
    LogRecord late = destination.delivered.get(1);
    assertThat(late.getTimeUnixNano()).isLessThanOrEqualTo(between.getTimeUnixNano());
    assertThat(late.toString()).contains("\"a\"").doesNotContain("\"b\"");
  }

  @Test
  void isCountedWhenItIsEmittedAndNotBefore() {
    DeferredEvent accepted = event("e").defer();
    DeferredEvent filtered = event("e").attribute("filter", "no").defer();
    DeferredEvent tooLow = event("e").severity(Severity.TRACE).defer();
    DeferredEvent unnamed = event("").defer();
    DeferredEvent sampledOut = event("e").sample(0).defer();
    DeferredEvent forgotten = event("e").defer();
    assertThat(forgotten).isNotNull();
    assertThat(ledger().emitted()).isZero();
    assertThat(accepted.emit()).isEqualTo(EmitResult.ACCEPTED);
    assertThat(filtered.emit()).isEqualTo(EmitResult.FILTERED);
    assertThat(tooLow.emit()).isEqualTo(EmitResult.FILTERED);
    assertThat(unnamed.emit()).isEqualTo(EmitResult.INVALID);
    assertThat(sampledOut.emit()).isEqualTo(EmitResult.SAMPLED_OUT);
    Ledger.Snapshot snapshot = ledger();
    assertThat(snapshot.emitted()).isEqualTo(5);
    assertThat(snapshot.appended()).isEqualTo(1);
    assertThat(snapshot.filtered()).isEqualTo(2);
    assertThat(snapshot.sampledOut()).isEqualTo(1);
  }

  @Test
  void canBeEmittedOnce() {
    EventBuilder builder = event("e");
    DeferredEvent deferred = builder.defer();
    assertThat(builder.emit()).isEqualTo(EmitResult.INVALID);
    assertThat(builder.defer().emit()).isEqualTo(EmitResult.INVALID);
    assertThat(deferred.emit()).isEqualTo(EmitResult.ACCEPTED);
    assertThat(deferred.emit()).isEqualTo(EmitResult.INVALID);
  }

  @Test
  void tellsAFailureToReadAValueWhenItIsEmitted() {
    Object broken =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("broken");
          }
        };
    assertThat(event("e").attribute("k", broken).defer().emit())
        .isEqualTo(EmitResult.ENCODING_FAILED);
  }

  @Test
  void aShareOfItsOwnIsKeptWhereNothingIsConfigured() {
    try (EventPipeline plain = EventPipeline.builder().destination(destination).build()) {
      int kept = 0;
      for (int i = 0; i < 4000; i++) {
        if (plain.emitter().event("e").sample(0.5).emit() == EmitResult.ACCEPTED) {
          kept++;
        }
      }
      // 12 standard deviations
      assertThat(kept).isBetween(1600, 2400);
      assertThat(plain.emitter().event("e").sample(0).emit()).isEqualTo(EmitResult.SAMPLED_OUT);
      assertThat(plain.emitter().event("e").sample(Double.NaN).emit())
          .isEqualTo(EmitResult.ACCEPTED);
      assertThat(plain.emitter().event("e").emit()).isEqualTo(EmitResult.ACCEPTED);
      assertThat(plain.emitter().event("e").type(EventType.SECURITY_AUDIT).sample(0).emit())
          .isEqualTo(EmitResult.ACCEPTED);
    }
  }

  private EventBuilder event(String name) {
    return pipeline.emitter().event(name);
  }

  private Ledger.Snapshot ledger() {
    return pipeline.ledger().snapshot();
  }
}
