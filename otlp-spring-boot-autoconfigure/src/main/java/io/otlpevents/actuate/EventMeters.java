package io.otlpevents.actuate;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.otlpevents.delivery.DestinationStatus;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.ledger.RejectReason;
import io.otlpevents.pipeline.EventPipeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's figures as meters, read from it when they are asked for, so that emitting does not
 * pay for them. Every reason and destination has its meter from the start. Switched off with {@code
 * management.metrics.enable.otlp.events=false}.
 */
public final class EventMeters implements MeterBinder {

  private static final String PREFIX = "otlp.events.";
  private static final String EVENTS = "events";
  private static final String BYTES = "bytes";

  private final EventPipeline pipeline;
  private final Clock clock;

  /**
   * Creates the binder.
   *
   * @param clock tells the age of events that wait
   */
  public EventMeters(EventPipeline pipeline, Clock clock) {
    this.pipeline = pipeline;
    this.clock = clock;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bindEvents(registry);
    bindJournal(registry);
    for (DestinationStatus status : pipeline.destinations()) {
      bindDestination(registry, status.destination());
    }
  }

  private void bindEvents(MeterRegistry registry) {
    counter("emitted", "Events that emit was called for", Ledger.Snapshot::emitted)
        .register(registry);
    counter("appended", "Events that reached the journal", Ledger.Snapshot::appended)
        .register(registry);
    counter("filtered", "Events that were not admitted", Ledger.Snapshot::filtered)
        .register(registry);
    counter("sampled.out", "Events that sampling left out", Ledger.Snapshot::sampledOut)
        .register(registry);
    counter("recovered", "Events found in the journal at start", Ledger.Snapshot::recovered)
        .register(registry);
    for (RejectReason reason : RejectReason.values()) {
      counter(
              "rejected",
              "Events refused before the journal",
              ledger -> ledger.rejected().getOrDefault(reason, 0L))
          .tag("reason", tag(reason))
          .register(registry);
    }
  }

  private void bindJournal(MeterRegistry registry) {
    gauge("journal.budget", "Bytes that the journal may take", EventPipeline::journalBudget)
        .baseUnit(BYTES)
        .register(registry);
    gauge("journal.size", "Bytes that the journal has taken", EventPipeline::journalSize)
        .baseUnit(BYTES)
        .register(registry);
    gauge(
            "journal.used",
            "Bytes that the slowest destination has not finished with",
            EventPipeline::journalUsed)
        .baseUnit(BYTES)
        .register(registry);
    gauge(
            "journal.fill",
            "Share of the journal that the slowest destination has not finished with, 0 to 1",
            EventPipeline::journalFill)
        .register(registry);
  }

  private void bindDestination(MeterRegistry registry, String name) {
    account(name, "delivered", "Events acknowledged", DestinationAccount.Snapshot::delivered)
        .register(registry);
    account(
            name,
            "destination.filtered",
            "Events that the destination is not meant to get",
            DestinationAccount.Snapshot::filtered)
        .register(registry);
    account(name, "retries", "Requests sent again", DestinationAccount.Snapshot::retries)
        .baseUnit("requests")
        .register(registry);
    for (RefusalReason reason : RefusalReason.values()) {
      account(
              name,
              "refused",
              "Events that the receiver refused for good",
              account -> account.refused().getOrDefault(reason, 0L))
          .tag("reason", tag(reason))
          .register(registry);
    }
    for (EvictionReason reason : EvictionReason.values()) {
      account(
              name,
              "evicted",
              "Events that left the journal undelivered",
              account -> account.evicted().getOrDefault(reason, 0L))
          .tag("reason", tag(reason))
          .register(registry);
    }
    gauge("pending", "Events that wait", all -> pending(all, name))
        .baseUnit(EVENTS)
        .tag("destination", name)
        .register(registry);
    gauge(
            "requests.in.flight",
            "Requests under way",
            all -> status(all, name, DestinationStatus::inFlight))
        .baseUnit("requests")
        .tag("destination", name)
        .register(registry);
    gauge(
            "flowing",
            "1 while requests flow, 0 while the receiver is away",
            all -> status(all, name, EventMeters::flowing))
        .tag("destination", name)
        .register(registry);
    TimeGauge.builder(
            PREFIX + "pending.age",
            pipeline,
            TimeUnit.MILLISECONDS,
            all -> status(all, name, status -> ageMillis(status.oldestSince())))
        .description("How long the oldest event that is being sent has been waiting")
        .tag("destination", name)
        .register(registry);
  }

  private FunctionCounter.Builder<Ledger> counter(
      String name, String description, ToLongFunction<Ledger.Snapshot> figure) {
    return FunctionCounter.builder(
            PREFIX + name, pipeline.ledger(), ledger -> figure.applyAsLong(ledger.snapshot()))
        .description(description)
        .baseUnit(EVENTS);
  }

  private FunctionCounter.Builder<Ledger> account(
      String destination,
      String name,
      String description,
      ToLongFunction<DestinationAccount.Snapshot> figure) {
    return counter(
            name,
            description,
            ledger -> {
              DestinationAccount.Snapshot account = ledger.destinations().get(destination);
              return account == null ? 0 : figure.applyAsLong(account);
            })
        .tag("destination", destination);
  }

  private Gauge.Builder<EventPipeline> gauge(
      String name, String description, ToDoubleFunction<EventPipeline> figure) {
    return Gauge.builder(PREFIX + name, pipeline, figure).description(description);
  }

  private static double pending(EventPipeline pipeline, String destination) {
    DestinationAccount.Snapshot account =
        pipeline.ledger().snapshot().destinations().get(destination);
    return account == null ? 0 : account.pending();
  }

  private static double status(
      EventPipeline pipeline, String destination, ToDoubleFunction<DestinationStatus> figure) {
    for (DestinationStatus status : pipeline.destinations()) {
      if (status.destination().equals(destination)) {
        return figure.applyAsDouble(status);
      }
    }
    return 0;
  }

  private static double flowing(DestinationStatus status) {
    return status.state() == DestinationStatus.State.FLOWING ? 1 : 0;
  }

  private double ageMillis(@Nullable Instant since) {
    return since == null ? 0 : Math.max(0, Duration.between(since, clock.instant()).toMillis());
  }

  /** As the names of meters: lower case, with underscores as OpenTelemetry's attribute values. */
  private static String tag(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }
}
