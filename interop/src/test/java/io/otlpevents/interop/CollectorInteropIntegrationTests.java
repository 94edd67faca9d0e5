package io.otlpevents.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.EmitResult;
import io.otlpevents.FlushResult;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.interop.CollectorProcess.Security;
import io.otlpevents.journal.DiskSettings;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.otlp.OtlpCompression;
import io.otlpevents.otlp.OtlpEncoding;
import io.otlpevents.otlp.OtlpGrpcDestination;
import io.otlpevents.otlp.OtlpHttpDestination;
import io.otlpevents.otlp.OtlpSettings;
import io.otlpevents.pipeline.EventPipeline;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends random events to the real Collector and compares what its file exporter writes with what
 * must arrive. {@code -Dseed=…} repeats a run's events.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class CollectorInteropIntegrationTests {

  static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int EVENTS = Integer.getInteger("events", 2_000);

  private static final Duration ENOUGH = Duration.ofSeconds(60);
  private static final Duration A_MOMENT = Duration.ofMillis(200);

  private static final String UID = "log.record.uid";
  private static final String PROCESS = "interop.process";
  private static final Pattern UUID_V7 =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

  private static final String SCHEMA_URL = "https://opentelemetry.io/schemas/1.37.0";
  private static final Resource RESOURCE =
      Resource.create(
          Attributes.builder()
              .put("service.name", "größter shop 🛒 \"店\"")
              .put("empty", "")
              .put("flag", true)
              .put("count", Long.MIN_VALUE)
              .put("ratio", -0.0)
              .put(AttributeKey.stringArrayKey("texts"), "a", "", "ß")
              .put(AttributeKey.longArrayKey("numbers"), 1L, Long.MAX_VALUE)
              .put(AttributeKey.booleanArrayKey("flags"), true, false)
              .put(AttributeKey.doubleArrayKey("reals"), 0.1, Double.NaN)
              .build(),
          SCHEMA_URL);
  private static final Map<String, AnyValue> EXPECTED_RESOURCE =
      Map.of(
          "service.name", text("größter shop 🛒 \"店\""),
          "empty", text(""),
          "flag", flag(true),
          "count", number(Long.MIN_VALUE),
          "ratio", real(-0.0),
          "texts", array(text("a"), text(""), text("ß")),
          "numbers", array(number(1), number(Long.MAX_VALUE)),
          "flags", array(flag(true), flag(false)),
          "reals", array(real(0.1), real(Double.NaN)));
  private static final InstrumentationScope EXPECTED_SCOPE =
      InstrumentationScope.newBuilder().setName("shop.événements").setVersion("1.2.3").build();

  @TempDir static Path shared;

  /** For tests that do not end the Collector. */
  private static CollectorProcess lasting;

  private static Certificates certificates;

  @TempDir Path directory;

  @BeforeAll
  static void startTheCollector() throws Exception {
    CollectorBinary.require();
    System.out.println("random events: -Dseed=" + SEED + " -Devents=" + EVENTS);
    certificates = Certificates.create(shared);
    lasting = CollectorProcess.start(shared, certificates);
  }

  @AfterAll
  static void stopTheCollector() {
    if (lasting != null) {
      lasting.stop();
    }
  }

  static Stream<Arguments> ways() {
    return Stream.of(Transport.values())
        .flatMap(
            transport ->
                Stream.of(OtlpCompression.values())
                    .flatMap(
                        compression ->
                            Stream.of(Security.values())
                                .map(security -> Arguments.of(transport, compression, security))));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void everyEventArrivesOnceAndFieldForField(
      Transport transport, OtlpCompression compression, Security security) {
    int before = lasting.records().size();
    try (EventPipeline pipeline =
        pipeline(
            transport.destination(lasting, compression, security),
            DeliverySettings.defaults().toBuilder().maxBatchSize(64 * 1024).build())) {
      Arrivals arrivals = new Arrivals();
      for (int i = 0; i < EVENTS; i++) {
        assertThat(RandomEvent.draw(SEED, i).emit(pipeline.emitter()))
            .as("event %d of seed %d", i, SEED)
            .isEqualTo(EmitResult.ACCEPTED);
      }

      assertThat(pipeline.flush(ENOUGH)).as("seed %d", SEED).isEqualTo(new FlushResult(true, 0));

      List<ReceivedEvent> records = lasting.records();
      arrivals.check(records.subList(before, records.size()));
      assertThat(arrivals.uids.keySet()).as("seed %d", SEED).hasSize(EVENTS);
      assertThat(arrivals.duplicates).as("seed %d", SEED).isZero();
      Ledger.Snapshot ledger = checkLedger(pipeline, EVENTS);
      assertThat(ledger.destinations().get("otlp").retries()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void eventsWaitWhileTheCollectorMissesACertificate(Transport transport) {
    int before = lasting.records().size();
    Path trusted = certificates.server();
    OtlpSettings anonymous =
        OtlpSettings.builder(transport.endpoint(lasting, Security.MUTUAL_TLS))
            .trustCertificates(trusted)
            .build();
    try (EventPipeline pipeline = pipeline(transport.destination(anonymous), impatient())) {
      assertThat(RandomEvent.draw(SEED, 0).emit(pipeline.emitter())).isEqualTo(EmitResult.ACCEPTED);
      await()
          .atMost(ENOUGH)
          .until(() -> pipeline.ledger().snapshot().destinations().get("otlp").retries() > 2);
      Ledger.Snapshot ledger = pipeline.ledger().snapshot();
      assertThat(ledger.isBalanced()).as("%s", ledger).isTrue();
      assertThat(ledger.pending()).as("%s", ledger).isOne();
      assertThat(lasting.records()).hasSize(before);
      pipeline.close(Duration.ZERO);
    }
  }

  @ParameterizedTest
  @EnumSource
  void eventsWaitForACollectorThatIsStartedLater(Transport transport) {
    try (CollectorProcess collector = CollectorProcess.stopped(directory);
        EventPipeline pipeline =
            pipeline(
                transport.destination(collector, OtlpCompression.NONE, Security.NONE),
                impatient())) {
      Arrivals arrivals = new Arrivals();
      for (int i = 0; i < EVENTS; i++) {
        assertThat(RandomEvent.draw(SEED, i).emit(pipeline.emitter()))
            .isEqualTo(EmitResult.ACCEPTED);
      }
      assertThat(pipeline.flush(A_MOMENT)).isEqualTo(new FlushResult(false, EVENTS));
      assertThat(collector.records()).isEmpty();

      collector.start();

      assertThat(pipeline.flush(ENOUGH)).as("seed %d", SEED).isEqualTo(new FlushResult(true, 0));
      arrivals.check(collector.records());
      assertThat(arrivals.uids.keySet()).as("seed %d", SEED).hasSize(EVENTS);
      assertThat(arrivals.duplicates).as("seed %d", SEED).isZero();
      Ledger.Snapshot ledger = checkLedger(pipeline, EVENTS);
      assertThat(ledger.destinations().get("otlp").retries()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyEventArrivesThoughTheCollectorIsKilledWhileEventsFlow(Transport transport)
      throws Exception {
    int kills = 3;
    DeliverySettings delivery = impatient();
    try (CollectorProcess collector = CollectorProcess.stopped(directory);
        EventPipeline pipeline =
            pipeline(
                transport.destination(collector, OtlpCompression.NONE, Security.NONE), delivery);
        Flow flow = new Flow(pipeline)) {
      Arrivals arrivals = new Arrivals();
      collector.start();
      flow.start();
      for (int i = 0; i < kills; i++) {
        awaitArrivals(collector, flow, 500);
        collector.kill();
        int emitted = flow.emitted();
        await().atMost(ENOUGH).until(() -> flow.emitted() >= emitted + 500);
        FlushResult whileDown = pipeline.flush(A_MOMENT);
        assertThat(whileDown.complete()).as("seed %d", SEED).isFalse();
        assertThat(whileDown.pending()).as("seed %d", SEED).isGreaterThanOrEqualTo(500);

        collector.start();
      }
      awaitArrivals(collector, flow, 500);
      flow.stop();

      assertThat(pipeline.flush(ENOUGH)).as("seed %d", SEED).isEqualTo(new FlushResult(true, 0));
      assertThat(flow.problems).as("seed %d", SEED).isEmpty();
      arrivals.check(collector.records());
      assertThat(arrivals.uids.keySet()).as("seed %d", SEED).hasSize(flow.emitted());
      System.out.printf(
          "%s: %d events, %d kills, %d events twice%n",
          transport, flow.emitted(), kills, arrivals.duplicates);
      // Twice comes only what was under way when the Collector was killed.
      assertThat(arrivals.duplicateBytes)
          .as("seed %d", SEED)
          .isLessThanOrEqualTo((long) kills * delivery.maxInFlight() * delivery.maxBatchSize());
      Ledger.Snapshot ledger = checkLedger(pipeline, flow.emitted());
      assertThat(ledger.destinations().get("otlp").retries()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyEventArrivesUnderItsProcessThoughTheApplicationIsKilled(Transport transport)
      throws Exception {
    Path journal = directory.resolve("journal");
    try (CollectorProcess collector = CollectorProcess.stopped(directory)) {
      Arrivals arrivals = new Arrivals(KilledApplication::processOf);
      Set<Integer> accepted = new HashSet<>();

      try (KilledApplication first = KilledApplication.start(transport, collector, journal, 0)) {
        first.awaitAccepted(300);
        first.kill();
        accepted.addAll(first.accepted());
      }
      try (KilledApplication second = KilledApplication.start(transport, collector, journal, 1)) {
        second.awaitAccepted(300);
        collector.start();
        await().atMost(ENOUGH).until(() -> !collector.records().isEmpty());
        second.kill();
        accepted.addAll(second.accepted());
      }
      try (KilledApplication last = KilledApplication.start(transport, collector, journal, 2)) {
        last.awaitAccepted(KilledApplication.EVENTS);
        accepted.addAll(last.accepted());
        await()
            .atMost(ENOUGH)
            .untilAsserted(
                () -> {
                  arrivals.check(collector.records());
                  assertThat(arrivals.uids.keySet()).as("seed %d", SEED).containsAll(accepted);
                });
      }
      System.out.printf(
          "%s: %d events accepted by three processes, two of them killed, %d arrived%n",
          transport, accepted.size(), arrivals.uids.size());
      assertThat(arrivals.uids.keySet())
          .as("seed %d", SEED)
          .extracting(KilledApplication::processOf)
          .contains(0, 1, 2);
    }
  }

  private static void awaitArrivals(CollectorProcess collector, Flow flow, int more) {
    int before = collector.records().size();
    await()
        .atMost(ENOUGH)
        .failFast(() -> assertThat(flow.problems).as("seed %d", SEED).isEmpty())
        .until(() -> collector.records().size() >= before + more);
  }

  private static EventPipeline pipeline(Destination destination, DeliverySettings delivery) {
    return pipeline(RESOURCE, destination, delivery, null);
  }

  /** In a process that will be killed. */
  static EventPipeline pipeline(int process, Destination destination, Path journal) {
    return pipeline(
        RESOURCE.toBuilder().put(PROCESS, process).build(),
        destination,
        impatient(),
        DiskSettings.in(journal));
  }

  private static EventPipeline pipeline(
      Resource resource,
      Destination destination,
      DeliverySettings delivery,
      @Nullable DiskSettings disk) {
    return EventPipeline.builder()
        .resource(resource)
        .scope("shop.événements", "1.2.3")
        .destination(destination)
        .delivery(delivery)
        .journal(
            JournalSettings.defaults()
                .withSegmentSize(2 << 20)
                .withMaxEventSize(1 << 20)
                .withDisk(disk))
        .build();
  }

  /** Small requests, and short pauses after failures. */
  private static DeliverySettings impatient() {
    return DeliverySettings.defaults().toBuilder()
        .maxBatchSize(64 * 1024)
        .maxDelay(Duration.ofMillis(10))
        .backoff(Duration.ofMillis(10), Duration.ofMillis(100))
        .build();
  }

  private static Ledger.Snapshot checkLedger(EventPipeline pipeline, int events) {
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    assertThat(ledger.isBalanced()).as("%s", ledger).isTrue();
    assertThat(ledger.emitted()).as("%s", ledger).isEqualTo(events);
    assertThat(ledger.appended()).as("%s", ledger).isEqualTo(events);
    assertThat(ledger.pending()).as("%s", ledger).isZero();
    assertThat(ledger.destinations()).containsOnlyKeys("otlp");
    assertThat(ledger.destinations().get("otlp").delivered()).as("%s", ledger).isEqualTo(events);
    return ledger;
  }

  private static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  private static AnyValue number(long value) {
    return AnyValue.newBuilder().setIntValue(value).build();
  }

  private static AnyValue real(double value) {
    return AnyValue.newBuilder().setDoubleValue(value).build();
  }

  private static AnyValue flag(boolean value) {
    return AnyValue.newBuilder().setBoolValue(value).build();
  }

  private static AnyValue array(AnyValue... values) {
    return AnyValue.newBuilder()
        .setArrayValue(ArrayValue.newBuilder().addAllValues(List.of(values)))
        .build();
  }

  /** The protocols of the Collector. */
  enum Transport {
    GRPC,
    HTTP_PROTOBUF,
    HTTP_JSON;

    /** To a Collector that another process knows only by its addresses. */
    Destination destination(URI endpoint) {
      return destination(OtlpSettings.builder(endpoint).build());
    }

    private Destination destination(OtlpSettings settings) {
      return switch (this) {
        case GRPC -> OtlpGrpcDestination.create(settings);
        case HTTP_PROTOBUF -> OtlpHttpDestination.create(settings);
        case HTTP_JSON -> OtlpHttpDestination.create(settings, OtlpEncoding.JSON);
      };
    }

    URI endpoint(CollectorProcess collector) {
      return endpoint(collector, Security.NONE);
    }

    private URI endpoint(CollectorProcess collector, Security security) {
      return this == GRPC ? collector.grpcEndpoint(security) : collector.httpEndpoint(security);
    }

    Destination destination(
        CollectorProcess collector, OtlpCompression compression, Security security) {
      OtlpSettings.Builder settings =
          OtlpSettings.builder(endpoint(collector, security)).compression(compression);
      if (security != Security.NONE) {
        settings.trustCertificates(certificates.server());
      }
      if (security == Security.MUTUAL_TLS) {
        settings.clientCertificate(certificates.client(), certificates.clientKey());
      }
      return destination(settings.build());
    }
  }

  /** Compares what has arrived, and counts. */
  private static final class Arrivals {

    private final long begun = nanos(Instant.now());
    private final IntFunction<@Nullable Integer> processes;
    final Map<Integer, String> uids = new HashMap<>();
    int duplicates;
    long duplicateBytes;

    /** Of one process, whose resource does not tell which. */
    Arrivals() {
      this(number -> null);
    }

    /**
     * @param processes which process an event is of, by its number
     */
    Arrivals(IntFunction<@Nullable Integer> processes) {
      this.processes = processes;
    }

    void check(List<ReceivedEvent> events) {
      long end = nanos(Instant.now());
      Map<Integer, LogRecord> first = new HashMap<>();
      for (ReceivedEvent event : events) {
        KeyValue attribute = event.attribute(RandomEvent.NUMBER);
        assertThat(attribute).as("seed %d: number of %s", SEED, event).isNotNull();
        int number = (int) attribute.getValue().getIntValue();
        check(number, event, end);
        LogRecord before = first.put(number, event.record());
        if (before != null) {
          duplicates++;
          duplicateBytes += event.record().getSerializedSize();
          assertThat(event.record())
              .as("event %d of seed %d again", number, SEED)
              .isEqualTo(before);
        }
      }
      Set<String> distinct = new HashSet<>(uids.values());
      assertThat(distinct).as("seed %d: uids", SEED).hasSameSizeAs(uids.keySet());
    }

    private void check(int number, ReceivedEvent event, long end) {
      String what = "event %d of seed %d".formatted(number, SEED);
      assertThat(byKey(what, event.resource().getAttributesList()))
          .as(what)
          .isEqualTo(expectedResource(number));
      assertThat(event.resourceSchemaUrl()).as(what).isEqualTo(SCHEMA_URL);
      assertThat(event.scope()).as(what).isEqualTo(EXPECTED_SCOPE);
      assertThat(event.scopeSchemaUrl()).as(what).isEmpty();

      LogRecord record = event.record();
      RandomEvent emitted = RandomEvent.draw(SEED, number);
      LogRecord.Builder expected = emitted.expected().toBuilder();
      assertThat(record.getObservedTimeUnixNano()).as(what).isBetween(begun, end);
      expected.setObservedTimeUnixNano(record.getObservedTimeUnixNano());
      if (!emitted.hasTime()) {
        expected.setTimeUnixNano(record.getObservedTimeUnixNano());
      }
      Map<String, AnyValue> attributes = byKey(what, record.getAttributesList());
      AnyValue uid = attributes.remove(UID);
      assertThat(uid).as(what).isNotNull();
      assertThat(uid.getStringValue()).as(what).matches(UUID_V7);
      uids.put(number, uid.getStringValue());

      assertThat(record.getSeverityText()).as(what).isEmpty();
      assertThat(record.toBuilder().clearAttributes().build())
          .as(what)
          .isEqualTo(expected.clone().clearAttributes().build());
      for (KeyValue attribute : expected.getAttributesList()) {
        assertThat(attributes.remove(attribute.getKey()))
            .as("%s: %s", what, attribute.getKey())
            .isEqualTo(attribute.getValue());
      }
      assertThat(attributes).as("%s: more than expected", what).isEmpty();
    }

    private Map<String, AnyValue> expectedResource(int number) {
      Integer process = processes.apply(number);
      Map<String, AnyValue> resource = new HashMap<>(EXPECTED_RESOURCE);
      if (process != null) {
        resource.put(PROCESS, number(process));
      }
      return resource;
    }

    private static Map<String, AnyValue> byKey(String what, List<KeyValue> attributes) {
      Map<String, AnyValue> map = new LinkedHashMap<>();
      for (KeyValue attribute : attributes) {
        assertThat(map.put(attribute.getKey(), attribute.getValue()))
            .as("%s: %s twice", what, attribute.getKey())
            .isNull();
      }
      return map;
    }

    private static long nanos(Instant instant) {
      return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }
  }

  /** Emits about 2,000 events a second. */
  private static final class Flow implements AutoCloseable {

    final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final EventPipeline pipeline;
    private final AtomicInteger emitted = new AtomicInteger();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

    Flow(EventPipeline pipeline) {
      this.pipeline = pipeline;
    }

    void start() {
      executor.scheduleAtFixedRate(this::emit, 0, 500, TimeUnit.MICROSECONDS);
    }

    private void emit() {
      int number = emitted.get();
      try {
        EmitResult result = RandomEvent.draw(SEED, number).emit(pipeline.emitter());
        if (result != EmitResult.ACCEPTED) {
          problems.add("event " + number + ": " + result);
        }
      } catch (RuntimeException | Error e) {
        problems.add("event " + number + ": " + e);
      }
      emitted.incrementAndGet();
      if (!problems.isEmpty()) {
        executor.shutdown();
      }
    }

    int emitted() {
      return emitted.get();
    }

    void stop() throws InterruptedException {
      executor.shutdown();
      assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }
}
