package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.otlpevents.EventEmitter;
import io.otlpevents.actuate.EmittedEventsHealthIndicator;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.DestinationStatus.State;
import io.otlpevents.ledger.RefusalReason;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;

/** The health contributor {@code emittedEvents}. */
class EmittedEventsHealthTests {

  private static final Duration SOON = Duration.ofSeconds(8);

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  HealthContributorAutoConfiguration.class,
                  HealthContributorRegistryAutoConfiguration.class,
                  HealthEndpointAutoConfiguration.class,
                  AvailabilityProbesAutoConfiguration.class,
                  AvailabilityHealthContributorAutoConfiguration.class,
                  OtlpEventsAutoConfiguration.class,
                  OtlpEventsHealthContributorAutoConfiguration.class))
          .withBean(ApplicationAvailabilityBean.class)
          .withInitializer(EmittedEventsHealthTests::makeAvailable)
          .withPropertyValues(
              "management.endpoints.web.exposure.include=health",
              "management.endpoint.health.probes.enabled=true",
              "otlp.events.batch.max-delay=1ms",
              "otlp.events.shutdown-timeout=0s");

  /** As SpringApplication does when it has started. */
  private static void makeAvailable(ConfigurableApplicationContext context) {
    context.addApplicationListener(
        (ApplicationListener<ContextRefreshedEvent>)
            event -> {
              AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
              AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
            });
  }

  @Test
  void isUpWhileEventsArrive() {
    runner
        .withBean(Destination.class, FakeDestination::answering)
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter.event("a").emit();
              emitter.flush(SOON);
              HealthEndpoint health = context.getBean(HealthEndpoint.class);
              assertThat(status(health, "emittedEvents")).isEqualTo(Status.UP);
              assertThat(status(health)).isEqualTo(Status.UP);
            });
  }

  @Test
  void isDegradedAndNoMoreWhileTheReceiverIsAway() {
    AtomicBoolean away = new AtomicBoolean(true);
    runner
        .withBean(
            Destination.class,
            () ->
                FakeDestination.answering(
                    request ->
                        away.get()
                            ? new DeliveryOutcome.Retry("away", null)
                            : new DeliveryOutcome.Delivered()))
        .withPropertyValues("otlp.events.retry.initial-backoff=10ms")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter.event("a").emit();
              HealthEndpoint health = context.getBean(HealthEndpoint.class);
              await()
                  .atMost(SOON)
                  .until(
                      () ->
                          status(health, "emittedEvents")
                              .equals(EmittedEventsHealthIndicator.DEGRADED));
              assertThat(status(health)).isEqualTo(Status.UP);
              assertThat(status(health, "readiness")).isEqualTo(Status.UP);
              assertThat(status(health, "liveness")).isEqualTo(Status.UP);
              assertThat(health(context.getBean(ManagedEventPipeline.class), 0).getDetails())
                  .containsEntry("pending", 1L)
                  .hasEntrySatisfying(
                      "destinations",
                      destinations -> assertThat(destinations).asString().contains("away"));

              away.set(false);
              emitter.flush(SOON);
              await().atMost(SOON).until(() -> isFlowing(context));
              assertThat(health(context.getBean(ManagedEventPipeline.class), 61).getStatus())
                  .isEqualTo(Status.UP);
            });
  }

  @Test
  void isDegradedForAMinuteWhereTheReceiverRefusesEvents() {
    runner
        .withBean(
            Destination.class,
            () ->
                FakeDestination.answering(
                    request ->
                        new DeliveryOutcome.Refused(RefusalReason.UNAUTHENTICATED, "who are you?")))
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter.event("a").emit();
              emitter.flush(SOON);
              ManagedEventPipeline pipeline = context.getBean(ManagedEventPipeline.class);
              assertThat(health(pipeline, 0).getStatus())
                  .isEqualTo(EmittedEventsHealthIndicator.DEGRADED);
              assertThat(health(pipeline, 0).getDetails().toString()).contains("who are you?");
              assertThat(health(pipeline, 61).getStatus()).isEqualTo(Status.UP);
            });
  }

  @Test
  void isDownForAMinuteWhereTheJournalIsFull() {
    runner
        .withBean(Destination.class, FakeDestination::silent)
        .withPropertyValues(
            "otlp.events.journal.max-size=128KB",
            "otlp.events.journal.segment-size=64KB",
            "otlp.events.journal.max-event-size=16KB",
            "otlp.events.batch.max-size=64KB")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              while (emitter.event("x").body("y".repeat(8192)).emit().isAccepted()) {
                // until it is full
              }
              HealthEndpoint health = context.getBean(HealthEndpoint.class);
              assertThat(status(health, "emittedEvents")).isEqualTo(Status.DOWN);
              assertThat(status(health)).isEqualTo(Status.DOWN);
              // The groups that decide on restarts and requests do not contain it.
              assertThat(status(health, "readiness")).isEqualTo(Status.UP);
              assertThat(status(health, "liveness")).isEqualTo(Status.UP);
              assertThat(health(context.getBean(ManagedEventPipeline.class), 61).getStatus())
                  .isNotEqualTo(Status.DOWN);
            });
  }

  @Test
  void canBeSwitchedOff() {
    runner
        .withBean(Destination.class, FakeDestination::answering)
        .withPropertyValues("management.health.emittedevents.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(EmittedEventsHealthIndicator.class));
  }

  @Test
  void isAbsentWhereEventsAreOff() {
    runner
        .withPropertyValues("otlp.events.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(EmittedEventsHealthIndicator.class));
  }

  @Test
  void givesWayToTheUsersOwn() {
    runner
        .withBean(Destination.class, FakeDestination::answering)
        .withBean(
            "emittedEventsHealthIndicator",
            org.springframework.boot.health.contributor.HealthIndicator.class,
            () -> () -> Health.unknown().build())
        .run(
            context ->
                assertThat(status(context.getBean(HealthEndpoint.class), "emittedEvents"))
                    .isEqualTo(Status.UNKNOWN));
  }

  private static boolean isFlowing(org.springframework.context.ApplicationContext context) {
    return context.getBean(ManagedEventPipeline.class).pipeline().destinations().stream()
        .allMatch(status -> status.state() == State.FLOWING);
  }

  /** As it will be told when so many seconds have passed. */
  private static Health health(ManagedEventPipeline pipeline, int seconds) {
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(seconds));
    return new EmittedEventsHealthIndicator(pipeline.pipeline(), later).health();
  }

  private static Status status(HealthEndpoint endpoint, String... path) {
    HealthDescriptor found = path.length == 0 ? endpoint.health() : endpoint.healthForPath(path);
    return Objects.requireNonNull(found).getStatus();
  }
}
