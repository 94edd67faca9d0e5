package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.otlpevents.EventEmitter;
import io.otlpevents.actuate.EmittedEvents;
import io.otlpevents.actuate.EmittedEventsEndpoint;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.DestinationStatus.State;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.ledger.RejectReason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.jackson.EndpointJsonMapper;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The Actuator endpoint {@code emittedevents}. */
class EmittedEventsEndpointTests {

  private static final Duration SOON = Duration.ofSeconds(8);

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  JacksonAutoConfiguration.class,
                  JacksonEndpointAutoConfiguration.class,
                  OtlpEventsAutoConfiguration.class,
                  OtlpEventsEndpointAutoConfiguration.class))
          .withPropertyValues(
              "management.endpoints.web.exposure.include=emittedevents",
              "otlp.events.batch.max-delay=1ms",
              "otlp.events.shutdown-timeout=0s");

  @Test
  void showsTheLedger() {
    runner
        .withBean(Destination.class, FakeDestination::answering)
        .withPropertyValues("otlp.events.minimum-severity=info")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter.event("a").emit();
              emitter.event("b").emit();
              emitter.event("").emit();
              emitter.event("c").severity(io.opentelemetry.api.logs.Severity.DEBUG).emit();
              emitter.flush(SOON);
              EmittedEvents shown = context.getBean(EmittedEventsEndpoint.class).emittedEvents();
              assertThat(shown.balanced()).isTrue();
              assertThat(shown.events().emitted()).isEqualTo(4);
              assertThat(shown.events().appended()).isEqualTo(2);
              assertThat(shown.events().filtered()).isEqualTo(1);
              assertThat(shown.events().rejected())
                  .containsOnlyKeys(RejectReason.values())
                  .containsEntry(RejectReason.INVALID, 1L);
              EmittedEvents.DestinationReport report = shown.destinations().get("fake");
              assertThat(report).isNotNull();
              assertThat(report.state()).isEqualTo(State.FLOWING);
              assertThat(report.delivered()).isEqualTo(2);
              assertThat(report.pending()).isZero();
              assertThat(report.refused()).containsOnlyKeys(RefusalReason.values());
              assertThat(report.evicted()).containsOnlyKeys(EvictionReason.values());
              assertThat(report.lastAnswerAt()).isNotNull();
              assertThat(report.lastError()).isNull();
              assertThat(shown.journal().budgetBytes()).isEqualTo(64L << 20);
              assertThat(shown.journal().usedBytes()).isZero();
              assertThat(shown.journal().lastFull()).isNull();
            });
  }

  @Test
  void showsWhatWaitsForAReceiverThatIsAway() {
    AtomicBoolean away = new AtomicBoolean(true);
    runner
        .withBean(
            Destination.class,
            () ->
                FakeDestination.answering(
                    request ->
                        away.get()
                            ? new DeliveryOutcome.Retry("away\r\nforged", null)
                            : new DeliveryOutcome.Delivered()))
        .withPropertyValues("otlp.events.retry.initial-backoff=10ms")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter.event("a").emit();
              ManagedEventPipeline pipeline = context.getBean(ManagedEventPipeline.class);
              Instant later = Instant.now().plusSeconds(100);
              EmittedEventsEndpoint endpoint =
                  new EmittedEventsEndpoint(
                      pipeline.pipeline(), Clock.fixed(later, ZoneOffset.UTC));
              await()
                  .atMost(SOON)
                  .until(
                      () -> {
                        EmittedEvents.DestinationReport report = report(endpoint);
                        return report.retries() >= 3 && report.failures() >= 3;
                      });
              EmittedEvents shown = endpoint.emittedEvents();
              EmittedEvents.DestinationReport report = report(endpoint);
              assertThat(report.state()).isNotEqualTo(State.FLOWING);
              assertThat(report.lastError()).isEqualTo("away  forged");
              assertThat(report.pending()).isEqualTo(1);
              assertThat(report.pendingBytes()).isPositive();
              assertThat(report.oldestPending())
                  .isBetween(Duration.ofSeconds(90), Duration.ofSeconds(101));
              assertThat(shown.journal().oldestPending()).isEqualTo(report.oldestPending());
              assertThat(shown.journal().usedBytes()).isEqualTo(report.pendingBytes());
              assertThat(shown.journal().fill()).isPositive();
              away.set(false);
              emitter.flush(SOON);
              await().atMost(SOON).until(() -> report(endpoint).oldestPending() == null);
              assertThat(report(endpoint).state()).isEqualTo(State.FLOWING);
              assertThat(report(endpoint).pendingBytes()).isZero();
            });
  }

  @Test
  void countsRequestsThatAreUnderWay() {
    runner
        .withBean(Destination.class, FakeDestination::silent)
        .run(
            context -> {
              context.getBean(EventEmitter.class).event("a").emit();
              EmittedEventsEndpoint endpoint = context.getBean(EmittedEventsEndpoint.class);
              await().atMost(SOON).until(() -> report(endpoint).requestsInFlight() == 1);
            });
  }

  @Test
  void tellsWhenTheJournalWasFull() {
    runner
        .withBean(Destination.class, FakeDestination::silent)
        .withPropertyValues(
            "otlp.events.journal.max-size=128KB",
            "otlp.events.journal.segment-size=64KB",
            "otlp.events.journal.max-event-size=16KB",
            "otlp.events.batch.max-size=64KB")
        .run(
            context -> {
              Instant start = Instant.now();
              EventEmitter emitter = context.getBean(EventEmitter.class);
              while (emitter.event("x").body("y".repeat(8192)).emit().isAccepted()) {
                // until it is full
              }
              EmittedEvents shown = context.getBean(EmittedEventsEndpoint.class).emittedEvents();
              assertThat(shown.journal().lastFull())
                  .isBetween(start.minusMillis(1), Instant.now().plusMillis(1));
              assertThat(shown.journal().fill()).isGreaterThan(0.5);
              assertThat(shown.events().rejected()).containsEntry(RejectReason.JOURNAL_FULL, 1L);
              assertThat(shown.balanced()).isTrue();
            });
  }

  @Test
  void isWrittenAsJson() {
    runner
        .withBean(Destination.class, FakeDestination::answering)
        .run(
            context -> {
              context.getBean(EventEmitter.class).event("a").emit();
              context.getBean(EventEmitter.class).flush(SOON);
              String json =
                  context
                      .getBean(EndpointJsonMapper.class)
                      .get()
                      .writeValueAsString(
                          context.getBean(EmittedEventsEndpoint.class).emittedEvents());
              assertThat(json)
                  .contains("\"balanced\":true", "\"emitted\":1", "\"JOURNAL_FULL\":0")
                  .contains("\"state\":\"FLOWING\"", "\"delivered\":1", "\"fill\":0.0");
            });
  }

  @Test
  void isAbsentUnlessExposed() {
    runner
        .withBean(Destination.class, FakeDestination::answering)
        .withPropertyValues("management.endpoints.web.exposure.include=health")
        .run(context -> assertThat(context).doesNotHaveBean(EmittedEventsEndpoint.class));
  }

  @Test
  void canBeClosed() {
    runner
        .withBean(Destination.class, FakeDestination::answering)
        .withPropertyValues("management.endpoint.emittedevents.access=NONE")
        .run(context -> assertThat(context).doesNotHaveBean(EmittedEventsEndpoint.class));
  }

  @Test
  void isAbsentWhereEventsAreOff() {
    runner
        .withPropertyValues("otlp.events.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(EmittedEventsEndpoint.class));
  }

  @Test
  void givesWayToTheUsersOwn() {
    runner
        .withBean(Destination.class, FakeDestination::answering)
        .withBean(
            "own",
            EmittedEventsEndpoint.class,
            () ->
                new EmittedEventsEndpoint(
                    io.otlpevents.pipeline.EventPipeline.builder()
                        .destination(FakeDestination.answering())
                        .build(),
                    Clock.systemUTC()))
        .run(
            context ->
                assertThat(context).hasSingleBean(EmittedEventsEndpoint.class).hasBean("own"));
  }

  private static EmittedEvents.DestinationReport report(EmittedEventsEndpoint endpoint) {
    return java.util.Objects.requireNonNull(endpoint.emittedEvents().destinations().get("fake"));
  }
}
