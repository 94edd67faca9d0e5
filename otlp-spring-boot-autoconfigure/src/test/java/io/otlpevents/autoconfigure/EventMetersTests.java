package io.otlpevents.autoconfigure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.otlpevents.EventEmitter;
import io.otlpevents.actuate.EventMeters;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.ledger.RejectReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The meters below {@code otlp.events}. */
class EventMetersTests {

  private static final Duration SOON = Duration.ofSeconds(8);

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  MetricsAutoConfiguration.class,
                  CompositeMeterRegistryAutoConfiguration.class,
                  OtlpEventsAutoConfiguration.class,
                  OtlpEventsMetricsAutoConfiguration.class))
          .withPropertyValues("otlp.events.batch.max-delay=1ms", "otlp.events.shutdown-timeout=0s");

  @Test
  void equalTheLedgerInEveryRegistry() {
    AtomicInteger requests = new AtomicInteger();
    runner
        .withBean("one", SimpleMeterRegistry.class)
        .withBean("two", SimpleMeterRegistry.class)
        .withBean(Destination.class, () -> answering(requests))
        .withPropertyValues(
            "otlp.events.journal.max-event-size=1KB",
            "otlp.events.retry.initial-backoff=1ms",
            "otlp.events.minimum-severity=info",
            "otlp.events.sampling.rules[0].name=never",
            "otlp.events.sampling.rules[0].ratio=0")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              for (int i = 0; i < 6; i++) {
                emitter.event("a").emit();
                emitter.flush(SOON);
              }
              emitter.event("").emit();
              emitter.event("a").body("y".repeat(2000)).emit();
              emitter.event("never").emit();
              emitter.event("a").severity(io.opentelemetry.api.logs.Severity.DEBUG).emit();
              Ledger ledger = context.getBean(ManagedEventPipeline.class).pipeline().ledger();
              assertThat(ledger.snapshot().isBalanced()).isTrue();
              assertThat(ledger.snapshot().sampledOut()).isEqualTo(1);
              assertThat(ledger.snapshot().filtered()).isEqualTo(1);
              assertThat(ledger.snapshot().rejectedTotal()).isEqualTo(2);
              DestinationAccount.Snapshot account = account(ledger);
              assertThat(account.retries()).isEqualTo(1);
              assertThat(account.refusedTotal()).isEqualTo(2);
              assertThat(account.delivered()).isEqualTo(4);
              equalsTheLedger(context.getBean("one", MeterRegistry.class), ledger);
              equalsTheLedger(context.getBean("two", MeterRegistry.class), ledger);
            });
  }

  private static FakeDestination answering(AtomicInteger requests) {
    return FakeDestination.answering(
        request ->
            switch (requests.incrementAndGet()) {
              case 2 -> new DeliveryOutcome.Retry("away", null);
              case 4 -> new DeliveryOutcome.Refused(RefusalReason.INVALID_REQUEST, "no");
              case 5 -> new DeliveryOutcome.PartiallyDelivered(1, "not this one");
              default -> new DeliveryOutcome.Delivered();
            });
  }

  private static void equalsTheLedger(MeterRegistry registry, Ledger ledger) {
    Ledger.Snapshot figures = ledger.snapshot();
    assertThat(count(registry, "emitted")).isEqualTo(figures.emitted());
    assertThat(count(registry, "appended")).isEqualTo(figures.appended());
    assertThat(count(registry, "filtered")).isEqualTo(figures.filtered());
    assertThat(count(registry, "sampled.out")).isEqualTo(figures.sampledOut());
    assertThat(count(registry, "recovered")).isEqualTo(figures.recovered());
    for (RejectReason reason : RejectReason.values()) {
      assertThat(count(registry, "rejected", reason(reason)))
          .isEqualTo(figures.rejected().getOrDefault(reason, -1L).doubleValue());
    }
    DestinationAccount.Snapshot account = account(ledger);
    Tag fake = Tag.of("destination", "fake");
    for (RefusalReason reason : RefusalReason.values()) {
      assertThat(count(registry, "refused", fake, reason(reason)))
          .isEqualTo(account.refused().getOrDefault(reason, -1L).doubleValue());
    }
    for (EvictionReason reason : EvictionReason.values()) {
      assertThat(count(registry, "evicted", fake, reason(reason)))
          .isEqualTo(account.evicted().getOrDefault(reason, -1L).doubleValue());
    }
    assertThat(count(registry, "delivered", fake)).isEqualTo(account.delivered());
    assertThat(count(registry, "destination.filtered", fake)).isEqualTo(account.filtered());
    assertThat(count(registry, "retries", fake)).isEqualTo(account.retries());
    assertThat(gauge(registry, "pending", fake)).isEqualTo(account.pending());
  }

  @Test
  void showWhatWaits() {
    runner
        .withBean(SimpleMeterRegistry.class)
        .withBean(Destination.class, FakeDestination::silent)
        .run(
            context -> {
              context.getBean(EventEmitter.class).event("a").emit();
              MeterRegistry registry = context.getBean(SimpleMeterRegistry.class);
              Tag fake = Tag.of("destination", "fake");
              await().atMost(SOON).until(() -> gauge(registry, "requests.in.flight", fake) == 1);
              assertThat(gauge(registry, "pending", fake)).isEqualTo(1);
              assertThat(gauge(registry, "flowing", fake)).isEqualTo(1);
              await().atMost(SOON).until(() -> gauge(registry, "pending.age", fake) > 0);
              ManagedEventPipeline pipeline = context.getBean(ManagedEventPipeline.class);
              assertThat(gauge(registry, "journal.used"))
                  .isPositive()
                  .isEqualTo(pipeline.pipeline().journalUsed());
              assertThat(gauge(registry, "journal.fill"))
                  .isPositive()
                  .isEqualTo(pipeline.pipeline().journalFill());
              assertThat(gauge(registry, "journal.size"))
                  .isEqualTo(pipeline.pipeline().journalSize());
              assertThat(gauge(registry, "journal.budget")).isEqualTo(64 << 20);
            });
  }

  @Test
  void showAReceiverThatIsAway() {
    runner
        .withBean(SimpleMeterRegistry.class)
        .withBean(
            Destination.class,
            () -> FakeDestination.answering(request -> new DeliveryOutcome.Retry("away", null)))
        .run(
            context -> {
              context.getBean(EventEmitter.class).event("a").emit();
              MeterRegistry registry = context.getBean(SimpleMeterRegistry.class);
              Tag fake = Tag.of("destination", "fake");
              await().atMost(SOON).until(() -> gauge(registry, "flowing", fake) == 0);
            });
  }

  @Test
  void areAllThereFromTheStart() {
    runner
        .withBean(SimpleMeterRegistry.class)
        .withBean(Destination.class, FakeDestination::answering)
        .run(
            context ->
                assertThat(context.getBean(SimpleMeterRegistry.class).getMeters())
                    .hasSize(
                        15
                            + RejectReason.values().length
                            + RefusalReason.values().length
                            + EvictionReason.values().length
                            + 1));
  }

  /** The table that users read names every meter with its tags, and no other. */
  @Test
  void areAllDocumented() throws IOException {
    TreeSet<String> documented = new TreeSet<>();
    Pattern row = Pattern.compile("^\\| `(otlp\\.events\\.[a-z.]+)` \\| *([^|]*?) *\\|");
    for (String line : Files.readAllLines(Path.of("../docs/operations.md"), UTF_8)) {
      Matcher matcher = row.matcher(line);
      if (matcher.find()) {
        documented.add(matcher.group(1) + " " + matcher.group(2).replace("`", "").strip());
      }
    }
    runner
        .withBean(SimpleMeterRegistry.class)
        .withBean(Destination.class, FakeDestination::answering)
        .run(
            context -> {
              TreeSet<String> bound = new TreeSet<>();
              for (Meter meter : context.getBean(SimpleMeterRegistry.class).getMeters()) {
                assertThat(meter.getId().getDescription()).isNotBlank();
                List<String> tags = new ArrayList<>();
                meter.getId().getTags().forEach(tag -> tags.add(tag.getKey()));
                bound.add((meter.getId().getName() + " " + String.join(", ", tags)).strip());
              }
              TreeSet<String> stripped = new TreeSet<>();
              documented.forEach(entry -> stripped.add(entry.strip()));
              assertThat(stripped).isEqualTo(bound);
            });
  }

  @Test
  void canBeSwitchedOffByProperty() {
    runner
        .withBean(SimpleMeterRegistry.class)
        .withBean(Destination.class, FakeDestination::answering)
        .withPropertyValues("management.metrics.enable.otlp.events=false")
        .run(
            context ->
                assertThat(context.getBean(SimpleMeterRegistry.class).getMeters()).isEmpty());
  }

  @Test
  void canBeSwitchedOffByFilter() {
    runner
        .withBean(SimpleMeterRegistry.class)
        .withBean(Destination.class, FakeDestination::answering)
        .withBean(MeterFilter.class, () -> MeterFilter.denyNameStartsWith("otlp.events.refused"))
        .run(
            context -> {
              MeterRegistry registry = context.getBean(SimpleMeterRegistry.class);
              assertThat(registry.find("otlp.events.refused").meters()).isEmpty();
              assertThat(registry.find("otlp.events.delivered").meters()).hasSize(1);
            });
  }

  @Test
  void areAbsentWhereEventsAreOff() {
    runner
        .withBean(SimpleMeterRegistry.class)
        .withPropertyValues("otlp.events.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean(EventMeters.class));
  }

  private static Tag reason(Enum<?> reason) {
    return Tag.of("reason", reason.name().toLowerCase(Locale.ROOT));
  }

  private static DestinationAccount.Snapshot account(Ledger ledger) {
    return Objects.requireNonNull(ledger.snapshot().destinations().get("fake"));
  }

  private static double count(MeterRegistry registry, String name, Tag... tags) {
    return registry
        .get("otlp.events." + name)
        .tags(Stream.of(tags).toList())
        .functionCounter()
        .count();
  }

  private static double gauge(MeterRegistry registry, String name, Tag... tags) {
    return registry.get("otlp.events." + name).tags(Stream.of(tags).toList()).gauge().value();
  }
}
