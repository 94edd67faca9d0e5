package io.otlpevents.test;

import static io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions.equalTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.testing.assertj.OpenTelemetryAssertions;
import io.otlpevents.EmitResult;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.encode.EncoderSettings;
import io.otlpevents.encode.RedactionRule;
import io.otlpevents.pipeline.SamplingRule;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Events are what would have been sent. */
class EmittedEventsTests {

  @Test
  void areSeenAfterFiltersSamplingRedactionAndLimits() {
    try (EmittedEvents events =
        EmittedEvents.recording(
            builder ->
                builder
                    .encoding(
                        EncoderSettings.defaults()
                            .withMaxValueLength(4)
                            .withRedaction(List.of(RedactionRule.mask("secret"))))
                    .filter(event -> !event.name().equals("filtered"))
                    .sampling(SamplingRule.ratio("sampled", 0))
                    .enricher((event, attributes) -> attributes.put("tenant", "t-1")))) {
      events.emitter().event("filtered").emit();
      events.emitter().event("sampled").emit();
      events.emitter().event("kept").attribute("secret", "x").attribute("long", "12345").emit();

      assertThat(events)
          .count(1)
          .hasEvent("kept")
          .withAttribute("secret", "***")
          .withAttribute("long", "1234")
          .withAttribute("tenant", "t-1");
      assertThat(events.single("kept").attributes())
          .containsOnlyKeys("secret", "long", "tenant", "log.record.uid");
    }
  }

  @Test
  void workWithOpenTelemetrysAssertions() {
    try (EmittedEvents events =
        EmittedEvents.recording(
            builder ->
                builder
                    .resource(Resource.builder().put("service.name", "shop").build())
                    .scope("scope", "1.0"))) {
      events
          .emitter()
          .event("every.kind")
          .severity(Severity.WARN)
          .timestamp(Instant.ofEpochSecond(5))
          .attribute("text", "t")
          .attribute("number", 1)
          .attribute("decimal", 0.5)
          .attribute("flag", true)
          .attribute("texts", List.of("a", "b"))
          .attribute("numbers", new int[] {1, 2})
          .attribute("map", Map.of("k", "v"))
          .body("hello")
          .emit();

      OpenTelemetryAssertions.assertThat(events.asLogRecordData().get(0))
          .hasEventName("every.kind")
          .hasSeverity(Severity.WARN)
          .hasTimestamp(5_000_000_000L)
          .hasBody("hello")
          .hasResource(
              Resource.create(
                  io.opentelemetry.api.common.Attributes.of(
                      AttributeKey.stringKey("service.name"), "shop")))
          .hasAttributesSatisfying(
              equalTo(AttributeKey.stringKey("text"), "t"),
              equalTo(AttributeKey.longKey("number"), 1),
              equalTo(AttributeKey.doubleKey("decimal"), 0.5),
              equalTo(AttributeKey.booleanKey("flag"), true),
              equalTo(AttributeKey.stringArrayKey("texts"), List.of("a", "b")),
              equalTo(AttributeKey.longArrayKey("numbers"), List.of(1L, 2L)),
              equalTo(AttributeKey.valueKey("map"), Value.of(KeyValue.of("k", Value.of("v")))));
      assertThat(events.asLogRecordData().get(0).getInstrumentationScopeInfo().getVersion())
          .isEqualTo("1.0");
    }
  }

  @Test
  void areForgottenWhenCleared() {
    try (EmittedEvents events = EmittedEvents.recording()) {
      events.emitter().event("a").emit();
      events.clear();
      events.emitter().event("b").emit();
      assertThat(events.all()).extracting(EmittedEvent::name).containsExactly("b");
    }
  }

  @Test
  void remainReadableAfterClosingAndNothingIsAddedAnyMore() {
    EmittedEvents events = EmittedEvents.recording();
    events.emitter().event("a").emit();
    events.close();
    events.close();
    assertThat(events.emitter().event("b").emit()).isEqualTo(EmitResult.CLOSED);
    assertThat(events).count(1).hasEvent("a");
    assertThat(events).hasToString("Emitted was:\n  1. a INFO {} no trace");
  }

  @Test
  void areSentNowhereElse() {
    AtomicInteger closed = new AtomicInteger();
    Destination real =
        new Destination() {
          @Override
          public String name() {
            return "real";
          }

          @Override
          public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
            throw new AssertionError("sent");
          }

          @Override
          public void close() {
            closed.incrementAndGet();
          }
        };
    try (EmittedEvents events = EmittedEvents.recording(builder -> builder.destination(real))) {
      events.emitter().event("a").emit();
      assertThat(events).hasEvent("a");
      assertThat(closed).hasValue(1);
    }
  }
}
