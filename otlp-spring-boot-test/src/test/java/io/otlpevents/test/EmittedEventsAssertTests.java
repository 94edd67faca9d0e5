package io.otlpevents.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.otlpevents.EventType;
import io.otlpevents.PayloadMode;
import io.otlpevents.encode.RedactionRule;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What assertions accept, and what they say when they fail. */
class EmittedEventsAssertTests {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  private final EmittedEvents events =
      EmittedEvents.recording(
          builder ->
              builder
                  .redaction(List.of(RedactionRule.mask("card.number")))
                  .filter(event -> !event.name().startsWith("noise.")));

  @AfterEach
  void close() {
    events.close();
  }

  private void emitTwoOrders() {
    for (int i = 1; i <= 2; i++) {
      events
          .emitter()
          .event("order.placed")
          .type(EventType.USER_ACTION)
          .attribute("order.id", "o-" + i)
          .attribute("order.items", i)
          .attribute("card.number", "4111")
          .context(i == 1 ? inTrace() : Context.root())
          .emit();
    }
    events.emitter().event("shipment.dispatched").severity(Severity.WARN).body("On its way").emit();
  }

  private static Context inTrace() {
    return Context.root()
        .with(
            Span.wrap(
                SpanContext.create(
                    TRACE, "00f067aa0ba902b7", TraceFlags.getSampled(), TraceState.getDefault())));
  }

  @Test
  void acceptsWhatWasEmitted() {
    emitTwoOrders();

    assertThat(events)
        .count(3)
        .hasEvent("order.placed")
        .withAttribute("order.id", "o-1")
        .withAttribute("order.items", 1)
        .withAttribute("card.number", "***")
        .withAttributes(Map.of("order.items", 1L))
        .withAttribute("otlpevents.type")
        .withoutAttribute("error.type")
        .withType(EventType.USER_ACTION)
        .withSeverity(Severity.INFO)
        .inTrace(TRACE)
        .matching("has a span", event -> !event.spanId().isEmpty())
        .count(1)
        .hasEvent("shipment.dispatched")
        .withSeverity(Severity.WARN)
        .withBody("On its way")
        .withType(EventType.CUSTOM)
        .named("order.placed")
        .count(2)
        .withAttribute("order.id", "o-3")
        .never()
        .never("payment.declined")
        .inOrder("order.placed", "order.placed", "shipment.dispatched");
    assertThat(events).inTrace(TRACE).count(1).never("shipment.dispatched");
    assertThat(events.single("shipment.dispatched").body()).isEqualTo("On its way");
    assertThat(events.named("order.placed")).hasSize(2);
  }

  @Test
  void showsWhatWasEmittedInstead() {
    emitTwoOrders();

    assertFails(
        () ->
            assertThat(events)
                .as("checkout")
                .hasEvent("order.placed")
                .withAttribute("order.id", "o-3"),
        """
        [checkout] Expected an event
          named "order.placed"
          with order.id = "o-3"
        but there is none.
        Emitted were:
          1. order.placed INFO {order.id="o-1", order.items=1, card.number="***", otlpevents.type="user_action"} trace=4bf92f3577b34da6a3ce929d0e0e4736
          2. order.placed INFO {order.id="o-2", order.items=2, card.number="***", otlpevents.type="user_action"} no trace
          3. shipment.dispatched WARN {} body="On its way" no trace""");
  }

  @Test
  void tellsATextFromANumber() {
    events.emitter().event("e").attribute("n", "1").emit();
    assertFails(
        () -> assertThat(events).hasEvent("e").withAttribute("n", 1),
        """
        Expected an event
          named "e"
          with n = 1
        but there is none.
        Emitted was:
          1. e INFO {n="1"} no trace""");
  }

  @Test
  void tellsWhatWasEmittedInVain() {
    events.emitter().event("noise.x").emit();
    events.emitter().event("").emit();
    assertFails(
        () -> assertThat(events).hasEvent("noise.x"),
        """
        Expected an event
          named "noise.x"
        but there is none.
        No event was emitted.
        Not to be sent were: 1 filtered out, 1 refused as INVALID""");
  }

  @Test
  void tellsCounts() {
    emitTwoOrders();
    String emitted = "\n" + Descriptions.list(events.all());
    assertFails(() -> assertThat(events).count(1), "Expected 1 event but there are 3." + emitted);
    assertFails(() -> assertThat(events).never(), "Expected no event but there are 3." + emitted);
    assertFails(
        () -> assertThat(events).never("shipment.dispatched"),
        "Expected no event\n  named \"shipment.dispatched\"\nbut there is 1." + emitted);
    assertFails(
        () -> assertThat(events).inTrace(TRACE).named("order.placed").count(2),
        "Expected 2 events\n  named \"order.placed\"\n  in trace "
            + TRACE
            + "\nbut there is 1."
            + emitted);
    assertFails(
        () -> events.single("order.placed"),
        "Expected 1 event\n  named \"order.placed\"\nbut there are 2." + emitted);
  }

  @Test
  void tellsWhereTheOrderBreaks() {
    emitTwoOrders();
    String emitted = "\n" + Descriptions.list(events.all());
    assertFails(
        () -> assertThat(events).inOrder("shipment.dispatched", "order.placed"),
        "Expected the events \"shipment.dispatched\", \"order.placed\" in this order but there is no"
            + " \"order.placed\" after \"shipment.dispatched\"."
            + emitted);
    assertFails(
        () -> assertThat(events).inTrace(TRACE).inOrder("shipment.dispatched"),
        "Expected the events \"shipment.dispatched\"\n  in trace "
            + TRACE
            + "\nin this order but there is no \"shipment.dispatched\"."
            + emitted);
  }

  @Test
  void everyNarrowingCanFail() {
    emitTwoOrders();
    List<ThrowingCallable> failing =
        List.of(
            () -> assertThat(events).hasEvent("order.placed").withAttribute("unknown"),
            () -> assertThat(events).hasEvent("order.placed").withoutAttribute("order.id"),
            () -> assertThat(events).hasEvent("order.placed").withSeverity(Severity.WARN),
            () -> assertThat(events).hasEvent("order.placed").withType(EventType.IOT_DATA),
            () -> assertThat(events).hasEvent("order.placed").withType(EventType.CUSTOM),
            () -> assertThat(events).hasEvent("order.placed").withBody("x"),
            () -> assertThat(events).hasEvent("order.placed").withPayload(Map.of("x", 1)),
            () -> assertThat(events).hasEvent("order.placed").withPayloadJson("[1]"),
            () -> assertThat(events).hasEvent("order.placed").inTrace("0".repeat(32)),
            () -> assertThat(events).hasEvent("order.placed").matching("no", event -> false),
            () ->
                assertThat(events)
                    .hasEvent("order.placed")
                    .allSatisfy(event -> assertThat(event.name()).isEmpty()));
    for (ThrowingCallable assertion : failing) {
      assertThatThrownBy(assertion).isInstanceOf(AssertionError.class);
    }
  }

  @Test
  void findsAPayloadInEveryMode() {
    Map<String, Object> payload =
        Map.of("id", "p-1", "n", 3, "customer", Map.of("tier", "gold"), "list", List.of(1, 2));
    String json =
        "{\"id\": \"p-1\", \"n\": 3, \"customer\": {\"tier\": \"gold\"}, \"list\": [1, 2]}";
    for (PayloadMode mode : PayloadMode.values()) {
      events.emitter().event(mode.name()).payload(payload, mode).emit();
      assertThat(events).hasEvent(mode.name()).withPayload(payload).withPayloadJson(json);
      assertThatThrownBy(
              () -> assertThat(events).hasEvent(mode.name()).withPayload(Map.of("id", "p-2")))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("with the payload {id=\"p-2\"}")
          .hasMessageContaining("p-1");
    }
    assertThatThrownBy(() -> assertThat(events).named("x").withPayloadJson("{"))
        .isInstanceOf(AssertionError.class)
        .hasMessage("This is not JSON: {");
  }

  @Test
  void waitsForEventsOfOtherThreads() throws Exception {
    CountDownLatch looked = new CountDownLatch(1);
    Thread other =
        new Thread(
            () -> {
              try {
                if (looked.await(30, TimeUnit.SECONDS)) {
                  events.emitter().event("late").attribute("n", 1).emit();
                  events.emitter().event("later").emit();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    other.start();
    assertThatThrownBy(() -> assertThat(events).hasEvent("late"))
        .isInstanceOf(AssertionError.class);
    looked.countDown();

    assertThat(events)
        .await(Duration.ofSeconds(30))
        .hasEvent("late")
        .withAttribute("n", 1)
        .inOrder("late", "later")
        .count(1);
    other.join();
  }

  private static void assertFails(ThrowingCallable assertion, String message) {
    assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessage(message);
  }
}
