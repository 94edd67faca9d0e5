package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.EmitResult;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventEnricher;
import io.otlpevents.EventFilter;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.encode.PayloadCodec;
import io.otlpevents.ledger.RefusalReason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** What properties and beans do to events on their way, seen at the destination. */
class EventHandlingTests {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final FakeDestination destination = FakeDestination.answering();
  private final ApplicationContextRunner bare =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(OtlpEventsAutoConfiguration.class));
  private final ApplicationContextRunner runner =
      bare.withBean(Destination.class, () -> destination);

  @ParameterizedTest
  @CsvSource({"low-latency, 9", "balanced, 3", "high-throughput, 1"})
  void sizesRequestsByPreset(String preset, int atLeast) {
    runner
        .withPropertyValues("otlp.events.batch.preset=" + preset, "otlp.events.batch.max-delay=1h")
        .run(
            context -> {
              emitKilobytes(context.getBean(EventEmitter.class), 2300);
              assertThat(destination.requests).hasSizeBetween(atLeast, atLeast + 2);
            });
  }

  @Test
  void waitsAsLongAsThePresetSays() {
    runner
        .withPropertyValues("otlp.events.batch.preset=high-throughput")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter.event("x").emit();
              await().atMost(SOON).until(() -> destination.requests.size() == 1);
              long start = System.nanoTime();
              emitter.event("x").emit();
              await().atMost(SOON).until(() -> destination.requests.size() == 2);
              assertThat(Duration.ofNanos(System.nanoTime() - start))
                  .isGreaterThan(Duration.ofMillis(500)); // balanced: 200
            });
  }

  @Test
  void letsExplicitSizesWinOverThePreset() {
    runner
        .withPropertyValues(
            "otlp.events.batch.preset=low-latency",
            "otlp.events.batch.max-size=3MB",
            "otlp.events.batch.max-delay=1h")
        .run(
            context -> {
              emitKilobytes(context.getBean(EventEmitter.class), 1000);
              assertThat(destination.requests).hasSize(1);
            });
  }

  @Test
  void beginsWithSmallRequestsWhereAdaptive() {
    runner
        .withPropertyValues(
            "otlp.events.batch.adaptive=true",
            "otlp.events.batch.max-size=3MB",
            "otlp.events.batch.max-delay=1h")
        .run(
            context -> {
              emitKilobytes(context.getBean(EventEmitter.class), 1000);
              assertThat(destination.requests).hasSizeGreaterThan(1);
            });
  }

  @ParameterizedTest
  @CsvSource({"true, 3", "false, 0"})
  void bisectsWhatIsRefused(boolean bisect, int delivered) {
    List<String> arrived = new ArrayList<>();
    FakeDestination picky =
        FakeDestination.answering(
            request -> {
              List<String> names =
                  FakeDestination.events(request).stream().map(LogRecord::getEventName).toList();
              if (names.contains("bad")) {
                return new DeliveryOutcome.Refused(RefusalReason.INVALID_REQUEST, "bad");
              }
              arrived.addAll(names);
              return new DeliveryOutcome.Delivered();
            });
    bare.withBean(Destination.class, () -> picky)
        .withPropertyValues(
            "otlp.events.batch.max-delay=1h", "otlp.events.retry.bisect-refused=" + bisect)
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              for (String name : List.of("good", "good", "bad", "good")) {
                emitter.event(name).emit();
              }
              emitter.flush(SOON);
              assertThat(arrived).hasSize(delivered).doesNotContain("bad");
            });
  }

  @ParameterizedTest
  @CsvSource({"true, 2", "false, 1"})
  void holdsEventsWhileUnauthorized(boolean hold, int requests) {
    AtomicInteger calls = new AtomicInteger();
    FakeDestination locked =
        FakeDestination.answering(
            request ->
                calls.getAndIncrement() == 0
                    ? new DeliveryOutcome.Refused(RefusalReason.UNAUTHENTICATED, "who?")
                    : new DeliveryOutcome.Delivered());
    bare.withBean(Destination.class, () -> locked)
        .withPropertyValues(
            "otlp.events.retry.initial-backoff=1ms",
            "otlp.events.retry.max-backoff=1ms",
            "otlp.events.retry.hold-unauthorized=" + hold)
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter.event("x").emit();
              emitter.flush(SOON);
              assertThat(locked.requests).hasSize(requests);
            });
  }

  @Test
  void asksFiltersAndEnrichersInOrder() {
    runner
        .withUserConfiguration(Beans.class)
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              assertThat(emitter.event("refused").emit()).isEqualTo(EmitResult.FILTERED);
              emitter.event("kept").emit();
              emitter.flush(SOON);
              assertThat(destination.eventNames()).containsExactly("kept");
              assertThat(attributes(0)).containsEntry("who", "first");
              assertThat(context.getBean(Beans.class).asked)
                  .containsExactly("first refused", "first kept", "second kept");
            });
  }

  @Test
  void redactsByKey() throws Exception {
    String secret = "a secret of more than 16 bytes";
    runner
        .withPropertyValues(
            "otlp.events.redaction.drop=password,both",
            "otlp.events.redaction.mask=customer.email,both",
            "otlp.events.redaction.hash=customer.id,customer.email",
            "otlp.events.redaction.hash-secret=" + secret)
        .run(
            context ->
                emit(
                    context.getBean(EventEmitter.class),
                    Map.of(
                        "password", "1",
                        "both", "2",
                        "customer.email", "3",
                        "customer.id", "4",
                        "plain", "5")));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    assertThat(attributes(0))
        .doesNotContainKeys("password", "both")
        .containsEntry("customer.email", "***")
        .containsEntry(
            "customer.id",
            HexFormat.of().formatHex(mac.doFinal("4".getBytes(StandardCharsets.UTF_8))))
        .containsEntry("plain", "5");
  }

  @Test
  void samplesByRules() {
    runner
        .withPropertyValues(
            "otlp.events.sampling.rules[0].name=debug.*",
            "otlp.events.sampling.rules[0].ratio=0",
            "otlp.events.sampling.rules[1].name=order.viewed",
            "otlp.events.sampling.rules[1].max-per-second=0.001")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              for (int i = 0; i < 3; i++) {
                emitter.event("debug.step").emit();
                emitter.event("order.viewed").emit();
                emitter.event("order.placed").emit();
              }
              emitter.flush(SOON);
              assertThat(destination.eventNames())
                  .containsExactly("order.viewed", "order.placed", "order.placed", "order.placed");
            });
  }

  @ParameterizedTest
  @CsvSource({
    // enabled, low, high, floor, keepFrom, severity of the events, whether some are left out
    "true, 0.1, 0.2, 0, warn, INFO, true",
    "false, 0.1, 0.2, 0, warn, INFO, false",
    "true, 0.1, 0.2, 1, warn, INFO, false",
    "true, 0.9, 1, 0, warn, INFO, false",
    "true, 0.1, 1, 0, info, INFO, false",
    "true, 0.1, 0.2, 0, error, WARN, true",
  })
  void thinsOutUnderPressure(
      boolean enabled,
      double low,
      double high,
      double floor,
      String keepFrom,
      Severity severity,
      boolean thins) {
    bare.withBean(Destination.class, FakeDestination::silent)
        .withPropertyValues(
            "otlp.events.journal.max-size=1MB",
            "otlp.events.journal.segment-size=64KB",
            "otlp.events.journal.max-event-size=16KB",
            "otlp.events.batch.max-size=64KB",
            "otlp.events.shutdown-timeout=0s",
            "otlp.events.sampling.adaptive.enabled=" + enabled,
            "otlp.events.sampling.adaptive.low-water-mark=" + low,
            "otlp.events.sampling.adaptive.high-water-mark=" + high,
            "otlp.events.sampling.adaptive.floor=" + floor,
            "otlp.events.sampling.adaptive.keep-from=" + keepFrom)
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              String text = "y".repeat(8192);
              List<EmitResult> results =
                  IntStream.range(0, 80) // 640 KiB of 1 MiB
                      .mapToObj(i -> emitter.event("x").severity(severity).body(text).emit())
                      .toList();
              assertThat(results.contains(EmitResult.SAMPLED_OUT)).isEqualTo(thins);
              assertThat(results).startsWith(EmitResult.ACCEPTED);
            });
  }

  @Test
  void recordsPayloadsAsTheModeSays() {
    LogRecord flat = payload("otlp.events.payload.mode=flat");
    assertThat(FakeDestination.texts(flat.getAttributesList())).containsEntry("card.city", "Ulm");
    LogRecord structured = payload("otlp.events.payload.mode=structured-body");
    assertThat(structured.getBody().getKvlistValue().getValues(0).getKey()).isEqualTo("card");
    LogRecord text = payload("otlp.events.payload.mode=json-string");
    assertThat(text.getBody().getStringValue()).isEqualTo("{\"card\":{\"city\":\"Ulm\"}}");
    LogRecord nested =
        payload("otlp.events.payload.mode=nested-attribute", "otlp.events.payload.key=data");
    assertThat(nested.getAttributesList())
        .anySatisfy(
            attribute -> {
              assertThat(attribute.getKey()).isEqualTo("data");
              assertThat(attribute.getValue().getValueCase())
                  .isEqualTo(AnyValue.ValueCase.KVLIST_VALUE);
            });
  }

  @Test
  void takesPayloadsApartWithTheApplicationsMapper() {
    runner
        .withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
        .withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE")
        .run(
            context -> {
              emitPayload(context.getBean(EventEmitter.class), new Purchase("o-1"));
              assertThat(attributes(0)).containsEntry("order_number", "o-1");
            });
  }

  @Test
  void takesPayloadsApartWithoutAMapperBean() {
    runner.run(
        context -> {
          assertThat(context).doesNotHaveBean(PayloadCodec.class);
          emitPayload(context.getBean(EventEmitter.class), new Purchase("o-1"));
          assertThat(attributes(0)).containsEntry("orderNumber", "o-1");
        });
  }

  @Test
  void prefersTheUsersPayloadCodec() {
    runner
        .withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
        .withBean(PayloadCodec.class, () -> (value, sink) -> sink.value("own"))
        .withPropertyValues("otlp.events.payload.mode=json-string")
        .run(
            context -> {
              emitPayload(context.getBean(EventEmitter.class), new Purchase("o-1"));
              assertThat(destination.events().get(0).getBody().getStringValue())
                  .isEqualTo("\"own\"");
            });
  }

  @Test
  void worksWithoutJackson() {
    runner
        .withClassLoader(new FilteredClassLoader("tools.jackson"))
        .run(
            context -> {
              assertThat(context).doesNotHaveBean(PayloadCodec.class);
              emit(context.getBean(EventEmitter.class), Map.of());
            });
  }

  @Test
  void limitsEvents() {
    runner
        .withPropertyValues(
            "otlp.events.limits.max-attributes=2",
            "otlp.events.limits.max-value-length=3",
            "otlp.events.limits.max-depth=1")
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter.event("x").attribute("a", "12345").attribute("b", 1).attribute("c", 1).emit();
              assertThat(
                      emitter
                          .event("deep")
                          .attribute("a", Map.of("b", Map.of("c", List.of(1))))
                          .emit())
                  .isEqualTo(EmitResult.ENCODING_FAILED);
              emitter.flush(SOON);
              assertThat(attributes(0)).containsEntry("a", "123").doesNotContainKey("c");
              assertThat(destination.events().get(0).getDroppedAttributesCount()).isEqualTo(1);
            });
  }

  @Test
  void detectsHostAndProcessBelowWhatIsStated() {
    runner
        .withPropertyValues("management.opentelemetry.resource-attributes.host.arch=mine")
        .run(
            context -> {
              emit(context.getBean(EventEmitter.class), Map.of());
              assertThat(destination.resource())
                  .containsKeys("process.pid", "process.runtime.name", "service.instance.id")
                  .containsEntry("host.arch", "mine");
            });
  }

  @Test
  void detectsHostAndProcessBelowTheUsersResource() {
    Attributes own =
        Attributes.builder().put("host.arch", "mine").put("service.name", "own").build();
    runner
        .withBean(Resource.class, () -> Resource.create(own))
        .run(
            context -> {
              emit(context.getBean(EventEmitter.class), Map.of());
              assertThat(destination.resource())
                  .containsKeys("process.pid")
                  .containsEntry("host.arch", "mine")
                  .containsEntry("service.name", "own");
            });
  }

  @Test
  void detectsNothingWhereSwitchedOff() {
    runner
        .withPropertyValues("otlp.events.resource.detection=false")
        .run(
            context -> {
              emit(context.getBean(EventEmitter.class), Map.of());
              assertThat(destination.resource())
                  .doesNotContainKeys("process.pid", "host.arch", "service.instance.id");
            });
  }

  private void emit(EventEmitter emitter, Map<String, String> attributes) {
    var event = emitter.event("x");
    attributes.forEach((key, value) -> event.attribute(key, value));
    event.emit();
    assertThat(emitter.flush(SOON).complete()).isTrue();
  }

  private static void emitKilobytes(EventEmitter emitter, int count) {
    String text = "y".repeat(1000);
    for (int i = 0; i < count; i++) {
      emitter.event("x").body(text).emit();
    }
    assertThat(emitter.flush(SOON).complete()).isTrue();
  }

  private static void emitPayload(EventEmitter emitter, Object payload) {
    emitter.event("x").payload(payload).emit();
    assertThat(emitter.flush(SOON).complete()).isTrue();
  }

  private LogRecord payload(String... properties) {
    destination.requests.clear();
    runner
        .withPropertyValues(properties)
        .run(
            context -> {
              EventEmitter emitter = context.getBean(EventEmitter.class);
              emitter.event("x").payload(Map.of("card", Map.of("city", "Ulm"))).emit();
              assertThat(emitter.flush(SOON).complete()).isTrue();
            });
    return destination.events().get(0);
  }

  private Map<String, String> attributes(int event) {
    return FakeDestination.texts(destination.events().get(event).getAttributesList());
  }

  record Purchase(String orderNumber) {}

  @Configuration(proxyBeanMethods = false)
  static class Beans {

    final List<String> asked = new ArrayList<>();

    @Bean
    @Order(2)
    EventFilter secondFilter() {
      return event -> asked.add("second " + event.name());
    }

    @Bean
    @Order(1)
    EventFilter firstFilter() {
      return event -> asked.add("first " + event.name()) && !event.name().equals("refused");
    }

    @Bean
    @Order(2)
    EventEnricher secondEnricher() {
      return (event, attributes) -> attributes.put("who", "second");
    }

    @Bean
    @Order(1)
    EventEnricher firstEnricher() {
      return (event, attributes) -> attributes.put("who", "first");
    }
  }
}
