package io.otlpevents.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.common.ValueType;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventType;
import io.otlpevents.FlushResult;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliveryOutcome.Delivered;
import io.otlpevents.delivery.DeliveryOutcome.Retry;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.journal.Journal;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RejectReason;
import io.otlpevents.pipeline.EventPipeline;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Encodes random events, reads the bytes with the official protobuf classes and compares every
 * field with a record that is built here, by the official builders.
 *
 * <p>An event depends on nothing but the seed and its number. {@code -Dseed=…} repeats a run,
 * {@code -Devents=…} makes it shorter or longer.
 */
class RandomEventsEncodingTests {

  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int EVENTS = Integer.getInteger("events", 20_000);

  private static final int ATTRIBUTE_LIMIT = 128;
  private static final int MAX_EVENT_SIZE = 12 * 1024;

  /** The encoder may ask for a little more room than it needs, so so much short of the limit. */
  private static final int SIZE_TOLERANCE = 16;

  private static final long BASE_TIME = 1_767_225_600_123_456_789L;

  private static final String SEQUENCE = "test.sequence";
  private static final String UID = "log.record.uid";
  private static final Pattern UUID_V7 =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

  /** Some of these keys are set by events and payloads, too. */
  private static final Attributes DEFAULTS =
      Attributes.builder()
          .put("deployment.environment.name", "test")
          .put("key.3", "default of key.3")
          .put("a.b", 42)
          .put("default.flag", true)
          .put("default.ratio", 0.1)
          .put(AttributeKey.stringArrayKey("default.names"), "größe", "", "名前")
          .put(AttributeKey.longArrayKey("order.id"), Long.MIN_VALUE, 0L, Long.MAX_VALUE)
          .build();

  private static final Map<String, AnyValue> EXPECTED_DEFAULTS =
      Map.of(
          "deployment.environment.name", text("test"),
          "key.3", text("default of key.3"),
          "a.b", number(42),
          "default.flag", AnyValue.newBuilder().setBoolValue(true).build(),
          "default.ratio", AnyValue.newBuilder().setDoubleValue(0.1).build(),
          "default.names", array(List.of(text("größe"), text(""), text("名前"))),
          "order.id", array(List.of(number(Long.MIN_VALUE), number(0), number(Long.MAX_VALUE))));

  @Test
  void theOfficialClassesReadWhatWasEncoded() throws Exception {
    System.out.println("random events: -Dseed=" + SEED + " -Devents=" + EVENTS);
    long[] now = new long[1];
    EventEncoder encoder =
        new EventEncoder(Journal.PREFIX, MAX_EVENT_SIZE, ATTRIBUTE_LIMIT, DEFAULTS, () -> now[0]);
    EventDraft draft = encoder.newDraft();
    Set<String> uids = new HashSet<>();
    Tally tally = new Tally();

    for (int i = 0; i < EVENTS; i++) {
      RandomEvent event = RandomEvent.draw(SEED, i);
      now[0] = BASE_TIME + i * 1_234_567L;
      if (i % 100 == 0) {
        draft = encoder.newDraft();
      }
      draft.begin(event.name);
      event.applyTo(draft);
      LogRecord expected = event.expected(now[0]);

      Outcome outcome = encode(encoder, draft, event);

      tally.count(event, outcome, expected);
      checkOutcome(event, outcome, expected);
      if (outcome == Outcome.ENCODED) {
        assertThat(draft.length()).as(event.label()).isBetween(1, MAX_EVENT_SIZE);
        LogRecord record =
            LogRecord.parser().parseFrom(draft.bytes(), Journal.PREFIX, draft.length());
        assertThat(record.getObservedTimeUnixNano()).as(event.label()).isEqualTo(now[0]);
        compare(event, record, expected, uids);
      }
      draft.clear();
    }
    System.out.println(tally);
    tally.checkThatEverythingOccurred();
  }

  @Test
  void theOfficialClassesReadTheRequestsOfAPipeline() throws Exception {
    System.out.println("random events: -Dseed=" + SEED + " -Devents=" + EVENTS);
    int maxBatchSize = 64 * 1024;
    Resource resource =
        Resource.create(
            Attributes.builder()
                .put("service.name", "größte shop 🛒")
                .put("empty", "")
                .put("flag", true)
                .put("count", Long.MIN_VALUE)
                .put("ratio", Double.MIN_VALUE)
                .put(AttributeKey.stringArrayKey("list"), "a", "", "ß")
                .put(AttributeKey.booleanArrayKey("flags"), true, false)
                .build(),
            "https://opentelemetry.io/schemas/1.37.0");
    CapturingDestination destination = new CapturingDestination();
    AtomicLong clock = new AtomicLong(BASE_TIME);
    EventPipeline pipeline =
        EventPipeline.builder()
            .resource(resource)
            .scope("io.otlpevents.test", "1.2.3-ü")
            .defaultAttributes(DEFAULTS)
            .clock(() -> clock.addAndGet(1_234_567))
            .journal(
                new JournalSettings(
                    2 << 20,
                    256 << 10,
                    MAX_EVENT_SIZE,
                    OverflowPolicy.BLOCK,
                    Duration.ofSeconds(30)))
            .delivery(
                DeliverySettings.defaults().toBuilder()
                    .maxBatchSize(maxBatchSize)
                    .maxDelay(Duration.ofMillis(2))
                    .backoff(Duration.ofMillis(1), Duration.ofMillis(2))
                    .build())
            .destination(destination)
            .build();

    Map<EmitResult, Long> results = emitFromThreads(pipeline, 3);
    FlushResult flushed = pipeline.flush(Duration.ofSeconds(60));
    pipeline.close();

    assertThat(flushed).as("seed %d", SEED).isEqualTo(new FlushResult(true, 0));
    long accepted = results.getOrDefault(EmitResult.ACCEPTED, 0L);
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    assertThat(ledger.isBalanced()).as("seed %d: %s", SEED, ledger).isTrue();
    assertThat(ledger.emitted()).isEqualTo(EVENTS);
    assertThat(ledger.appended()).isEqualTo(accepted);
    assertThat(ledger.rejected())
        .containsEntry(RejectReason.TOO_LARGE, results.getOrDefault(EmitResult.TOO_LARGE, 0L))
        .containsEntry(
            RejectReason.ENCODING_FAILED, results.getOrDefault(EmitResult.ENCODING_FAILED, 0L))
        .containsEntry(RejectReason.INVALID, results.getOrDefault(EmitResult.INVALID, 0L));
    assertThat(ledger.destinations().get("capture").delivered()).isEqualTo(accepted);
    assertThat(ledger.destinations().get("capture").retries()).isEqualTo(destination.failed.get());

    assertThat(destination.problems).as("seed %d", SEED).isEmpty();
    InstrumentationScope expectedScope =
        InstrumentationScope.newBuilder()
            .setName("io.otlpevents.test")
            .setVersion("1.2.3-ü")
            .build();
    Set<String> uids = new HashSet<>();
    Set<Long> sequences = new HashSet<>();
    for (byte[] bytes : destination.requests) {
      ExportLogsServiceRequest request = ExportLogsServiceRequest.parseFrom(bytes);
      assertThat(request.getResourceLogsCount()).as("seed %d", SEED).isEqualTo(1);
      ResourceLogs resourceLogs = request.getResourceLogs(0);
      assertThat(withoutScopes(resourceLogs)).isEqualTo(expectedResource());
      ScopeLogs scopeLogs = resourceLogs.getScopeLogs(0);
      assertThat(scopeLogs.toBuilder().clearLogRecords().build())
          .isEqualTo(ScopeLogs.newBuilder().setScope(expectedScope).build());
      assertThat(scopeLogs.getLogRecordsCount()).isPositive();
      if (scopeLogs.getLogRecordsCount() > 1) {
        int envelope = scopeLogs.toBuilder().clearLogRecords().build().getSerializedSize();
        assertThat(scopeLogs.getSerializedSize() - envelope).isLessThanOrEqualTo(maxBatchSize);
      }
      for (LogRecord record : scopeLogs.getLogRecordsList()) {
        long sequence = sequence(record);
        assertThat(sequences.add(sequence)).as("seed %d: %d came twice", SEED, sequence).isTrue();
        RandomEvent event = RandomEvent.draw(SEED, (int) sequence);
        long observed = record.getObservedTimeUnixNano();
        assertThat(observed).as(event.label()).isBetween(BASE_TIME, clock.get());
        compare(event, record, event.expected(observed), uids);
      }
    }
    assertThat(sequences).as("seed %d", SEED).hasSize((int) accepted);
    System.out.println(results + " in " + destination.requests.size() + " requests, " + ledger);
  }

  private static Map<EmitResult, Long> emitFromThreads(EventPipeline pipeline, int threads)
      throws Exception {
    Map<EmitResult, Long> results = new EnumMap<>(EmitResult.class);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Map<EmitResult, Long>>> futures = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int first = t;
        futures.add(executor.submit(() -> emit(pipeline, first, threads)));
      }
      for (Future<Map<EmitResult, Long>> future : futures) {
        future.get(5, TimeUnit.MINUTES).forEach((result, n) -> results.merge(result, n, Long::sum));
      }
    } finally {
      executor.shutdownNow();
    }
    return results;
  }

  private static Map<EmitResult, Long> emit(EventPipeline pipeline, int first, int step) {
    Map<EmitResult, Long> results = new EnumMap<>(EmitResult.class);
    for (int i = first; i < EVENTS; i += step) {
      RandomEvent event = RandomEvent.draw(SEED, i);
      EventBuilder builder = pipeline.emitter().event(event.name);
      event.applyTo(builder);
      EmitResult result = event.current.wrapSupplier(builder::emit).get();
      results.merge(result, 1L, Long::sum);
      if (event.name.isEmpty()) {
        assertThat(result).as(event.label()).isEqualTo(EmitResult.INVALID);
      } else {
        checkOutcome(
            event,
            switch (result) {
              case ACCEPTED -> Outcome.ENCODED;
              case TOO_LARGE -> Outcome.TOO_LARGE;
              case ENCODING_FAILED -> Outcome.FAILED;
              default -> fail(event.label() + ": " + result);
            },
            event.expected(BASE_TIME));
      }
    }
    return results;
  }

  @Test
  void anEventWhoseEncodingFailedLeavesNothingInTheNextOne() throws Exception {
    EventEncoder encoder = encoder(MAX_EVENT_SIZE, Attributes.empty());
    EventDraft draft = encoder.newDraft();
    draft.begin("first");
    draft.type(EventType.IOT_DATA);
    draft.body("first body");
    draft.put("first", 1);
    draft.put("", "dropped");
    draft.payload(Map.of("first.payload", 1));
    draft.put("hostile", new Hostile());
    assertThatThrownBy(() -> encoder.encode(draft)).isInstanceOf(IllegalStateException.class);
    draft.clear();

    draft.begin("second");
    assertThat(encoder.encode(draft)).isTrue();

    LogRecord record = LogRecord.parser().parseFrom(draft.bytes(), Journal.PREFIX, draft.length());
    assertThat(record.getAttributesList()).extracting(KeyValue::getKey).containsExactly(UID);
    assertThat(record.toBuilder().clearAttributes().build())
        .isEqualTo(
            LogRecord.newBuilder()
                .setTimeUnixNano(BASE_TIME)
                .setObservedTimeUnixNano(BASE_TIME)
                .setSeverityNumberValue(9)
                .setEventName("second")
                .build());
  }

  @Test
  void anEmptyValueStaysEmpty() throws Exception {
    LogRecord record =
        encodeAlone(
            encoder(MAX_EVENT_SIZE, Attributes.empty()),
            draft -> {
              draft.put("alone", Value.empty());
              draft.put("within", Value.of(Value.empty(), Value.of(1)));
            });

    assertThat(attributes(record))
        .containsEntry("alone", AnyValue.getDefaultInstance())
        .containsEntry("within", array(List.of(AnyValue.getDefaultInstance(), number(1))));
  }

  @Test
  void aDefaultAttributeDoesNotRepeatTheTypeOrTheUid() throws Exception {
    Attributes defaults =
        Attributes.builder().put(EventType.ATTRIBUTE, "default").put(UID, "default").build();

    LogRecord record =
        encodeAlone(
            encoder(MAX_EVENT_SIZE, defaults), draft -> draft.type(EventType.SECURITY_AUDIT));

    assertThat(record.getAttributesList())
        .extracting(KeyValue::getKey)
        .containsExactlyInAnyOrder(EventType.ATTRIBUTE, UID);
    assertThat(attributes(record)).containsEntry(EventType.ATTRIBUTE, text("security_audit"));
  }

  @Test
  void aLimitBelowTheBuffersFirstSizeHolds() {
    EventEncoder encoder = encoder(300, Attributes.empty());
    EventDraft draft = encoder.newDraft();
    draft.begin("large");
    draft.body("x".repeat(400));

    assertThat(encoder.encode(draft)).isFalse();
  }

  /** Receivers that use protobuf for Java or C++ refuse a request with more than 100 levels. */
  @Test
  void theDeepestValuesAllowedCanBeReadInARequest() throws Exception {
    Object map = 1;
    Object list = 1;
    for (int depth = 0; depth < ValueWriter.MAX_DEPTH; depth++) {
      map = Map.of("k", map);
      list = List.of(list);
    }
    Object deepMap = map;
    Object deepList = list;
    LogRecord record =
        encodeAlone(
            encoder(MAX_EVENT_SIZE, Attributes.empty()),
            draft -> {
              draft.put("map", deepMap);
              draft.put("list", deepList);
            });
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    request.addResourceLogsBuilder().addScopeLogsBuilder().addLogRecords(record);

    assertThat(ExportLogsServiceRequest.parseFrom(request.build().toByteArray()))
        .isEqualTo(request.build());
  }

  private static EventEncoder encoder(int maxEventSize, Attributes defaults) {
    return new EventEncoder(
        Journal.PREFIX, maxEventSize, ATTRIBUTE_LIMIT, defaults, () -> BASE_TIME);
  }

  private static LogRecord encodeAlone(EventEncoder encoder, Consumer<EventDraft> event)
      throws InvalidProtocolBufferException {
    EventDraft draft = encoder.newDraft();
    draft.begin("alone");
    event.accept(draft);
    assertThat(encoder.encode(draft)).isTrue();
    return LogRecord.parser().parseFrom(draft.bytes(), Journal.PREFIX, draft.length());
  }

  private static Map<String, AnyValue> attributes(LogRecord record) {
    Map<String, AnyValue> attributes = new LinkedHashMap<>();
    record
        .getAttributesList()
        .forEach(attribute -> attributes.put(attribute.getKey(), attribute.getValue()));
    return attributes;
  }

  private enum Outcome {
    ENCODED,
    TOO_LARGE,
    FAILED
  }

  private static Outcome encode(EventEncoder encoder, EventDraft draft, RandomEvent event) {
    try {
      return event.current.wrapSupplier(() -> encoder.encode(draft)).get()
          ? Outcome.ENCODED
          : Outcome.TOO_LARGE;
    } catch (IllegalStateException | IllegalArgumentException e) {
      if (!event.hostile) {
        throw new AssertionError(event.label(), e);
      }
      return Outcome.FAILED;
    }
  }

  private static void checkOutcome(RandomEvent event, Outcome outcome, LogRecord expected) {
    // The expectation has no uid, so add what one takes.
    int size = expected.getSerializedSize() + (event.setsUid() ? 0 : 58);
    if (event.hostile) {
      // Which of the two is met first depends on the order of the values.
      assertThat(outcome).as(event.label()).isNotEqualTo(Outcome.ENCODED);
      if (size <= MAX_EVENT_SIZE / 2) {
        assertThat(outcome).as(event.label()).isEqualTo(Outcome.FAILED);
      }
    } else if (size > MAX_EVENT_SIZE) {
      assertThat(outcome).as("%s of %d bytes", event.label(), size).isEqualTo(Outcome.TOO_LARGE);
    } else if (size <= MAX_EVENT_SIZE - SIZE_TOLERANCE) {
      assertThat(outcome).as("%s of %d bytes", event.label(), size).isEqualTo(Outcome.ENCODED);
    }
  }

  /** Compares all but the order of the attributes, which has no meaning. */
  private static void compare(
      RandomEvent event, LogRecord record, LogRecord expected, Set<String> uids) {
    Map<String, AnyValue> attributes = new LinkedHashMap<>();
    for (KeyValue attribute : record.getAttributesList()) {
      assertThat(attributes.put(attribute.getKey(), attribute.getValue()))
          .as("%s: key %s twice", event.label(), attribute.getKey())
          .isNull();
    }
    if (!event.setsUid()) {
      AnyValue value = attributes.remove(UID);
      assertThat(value).as(event.label()).isNotNull();
      String uid = value.getStringValue();
      assertThat(uid).as(event.label()).matches(UUID_V7);
      assertThat(UUID.fromString(uid).getMostSignificantBits() >>> 16)
          .as("%s: time of %s", event.label(), uid)
          .isEqualTo(record.getObservedTimeUnixNano() / 1_000_000);
      assertThat(uids.add(uid)).as("%s: uid %s again", event.label(), uid).isTrue();
    }
    assertThat(record.toBuilder().clearAttributes().build())
        .as(event.label())
        .isEqualTo(expected.toBuilder().clearAttributes().build());
    for (KeyValue attribute : expected.getAttributesList()) {
      assertThat(attributes.remove(attribute.getKey()))
          .as("%s: %s", event.label(), attribute.getKey())
          .isEqualTo(attribute.getValue());
    }
    assertThat(attributes).as("%s: more than expected", event.label()).isEmpty();
  }

  private static long sequence(LogRecord record) {
    return record.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals(SEQUENCE))
        .findFirst()
        .orElseThrow(() -> new AssertionError("seed " + SEED + ": no number in " + record))
        .getValue()
        .getIntValue();
  }

  private static ResourceLogs expectedResource() {
    ResourceLogs.Builder expected =
        ResourceLogs.newBuilder().setSchemaUrl("https://opentelemetry.io/schemas/1.37.0");
    Map<String, AnyValue> attributes = new HashMap<>();
    attributes.put("service.name", text("größte shop 🛒"));
    attributes.put("empty", text(""));
    attributes.put("flag", bool(true));
    attributes.put("count", number(Long.MIN_VALUE));
    attributes.put("ratio", real(Double.MIN_VALUE));
    attributes.put("list", array(List.of(text("a"), text(""), text("ß"))));
    attributes.put("flags", array(List.of(bool(true), bool(false))));
    attributes.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            attribute ->
                expected
                    .getResourceBuilder()
                    .addAttributes(pair(attribute.getKey(), attribute.getValue())));
    return expected.build();
  }

  private static ResourceLogs withoutScopes(ResourceLogs logs) {
    assertThat(logs.getScopeLogsCount()).isEqualTo(1);
    List<KeyValue> attributes = new ArrayList<>(logs.getResource().getAttributesList());
    attributes.sort(Comparator.comparing(KeyValue::getKey));
    ResourceLogs.Builder without = logs.toBuilder().clearScopeLogs();
    without.getResourceBuilder().clearAttributes().addAllAttributes(attributes);
    return without.build();
  }

  private static AnyValue text(String value) {
    // The platform's own encoder also replaces an unpaired surrogate by a question mark.
    return AnyValue.newBuilder().setStringValue(wellFormed(value)).build();
  }

  private static String wellFormed(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static AnyValue number(long value) {
    return AnyValue.newBuilder().setIntValue(value).build();
  }

  private static AnyValue real(double value) {
    return AnyValue.newBuilder().setDoubleValue(value).build();
  }

  private static AnyValue bool(boolean value) {
    return AnyValue.newBuilder().setBoolValue(value).build();
  }

  private static AnyValue bytes(byte[] value) {
    return AnyValue.newBuilder().setBytesValue(ByteString.copyFrom(value)).build();
  }

  private static AnyValue array(List<AnyValue> values) {
    return AnyValue.newBuilder()
        .setArrayValue(ArrayValue.newBuilder().addAllValues(values))
        .build();
  }

  private static AnyValue pairs(List<KeyValue> values) {
    return AnyValue.newBuilder()
        .setKvlistValue(KeyValueList.newBuilder().addAllValues(values))
        .build();
  }

  private static KeyValue pair(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(wellFormed(key)).setValue(value).build();
  }

  /**
   * Keeps the requests, fails some attempts, and reports from another thread: late, and not in the
   * order in which it was asked.
   */
  private static final class CapturingDestination implements Destination {

    final Queue<byte[]> requests = new ConcurrentLinkedQueue<>();
    final Queue<String> problems = new ConcurrentLinkedQueue<>();
    final AtomicLong failed = new AtomicLong();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

    @Override
    public String name() {
      return "capture";
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      byte[] request = write(batch);
      if (request.length != batch.contentLength()) {
        problems.add(
            request.length + " bytes although announced " + batch.contentLength() + " bytes");
      }
      boolean fails = random.nextInt(10) == 0;
      if (fails) {
        failed.incrementAndGet();
      }
      executor.schedule(
          () -> {
            // Written again, because a sender may; and late, because the storage is used again.
            if (!Arrays.equals(request, write(batch))) {
              problems.add("written twice, a batch differs");
            }
            if (fails) {
              done.accept(new Retry("as drawn", null));
            } else {
              requests.add(request);
              done.accept(new Delivered());
            }
          },
          random.nextInt(5_000),
          TimeUnit.MICROSECONDS);
    }

    private static byte[] write(EventBatch batch) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try {
        batch.writeTo(out);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return out.toByteArray();
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }

  /** Counts what was drawn, so that a corpus that has become too tame is noticed. */
  private static final class Tally {

    private final Map<String, Integer> counts = new LinkedHashMap<>();

    void count(RandomEvent event, Outcome outcome, LogRecord expected) {
      count(outcome.name());
      if (outcome == Outcome.ENCODED) {
        count(event.keepsTime() ? "time of its own" : "time of emission");
        count(expected.hasBody() ? "body" : "no body");
        count(expected.getTraceId().isEmpty() ? "no span" : "span");
        count(expected.getDroppedAttributesCount() > 0 ? "some dropped" : "none dropped");
        count(event.type == null ? "no type" : event.type.name());
        count(event.payload == null ? "no payload" : "payload");
        if (event.setsUid()) {
          count("uid of its own");
        }
        if (expected.getAttributesCount() >= ATTRIBUTE_LIMIT) {
          count("attributes at the limit");
        }
        if (event.overwritten > 0) {
          count("overwritten");
        }
        if (event.shadowed > 0) {
          count("payload shadowed");
        }
        if (expected.getSerializedSize() > MAX_EVENT_SIZE / 2) {
          count("large");
        }
      }
    }

    private void count(String what) {
      counts.merge(what, 1, Integer::sum);
    }

    void checkThatEverythingOccurred() {
      if (EVENTS < 5_000) {
        return;
      }
      List<String> all = new ArrayList<>();
      for (Outcome outcome : Outcome.values()) {
        all.add(outcome.name());
      }
      for (EventType type : EventType.values()) {
        all.add(type.name());
      }
      all.addAll(
          List.of("time of its own", "time of emission", "body", "no body", "span", "no span"));
      all.addAll(List.of("some dropped", "none dropped", "no type", "payload", "no payload"));
      all.addAll(List.of("uid of its own", "attributes at the limit", "overwritten"));
      all.addAll(List.of("payload shadowed", "large"));
      assertThat(counts).containsKeys(all.toArray(String[]::new));
    }

    @Override
    public String toString() {
      return counts.toString();
    }
  }

  /** How an attribute is set: by one of the overloads for scalars, or as an object. */
  private enum Overload {
    STRING,
    LONG,
    DOUBLE,
    BOOLEAN,
    OBJECT
  }

  private record Attribute(String key, Overload overload, Object given, AnyValue expected) {

    void applyTo(EventDraft draft) {
      switch (overload) {
        case STRING -> draft.put(key, (String) given);
        case LONG -> draft.put(key, (long) given);
        case DOUBLE -> draft.put(key, (double) given);
        case BOOLEAN -> draft.put(key, (boolean) given);
        case OBJECT -> draft.put(key, given);
      }
    }

    void applyTo(EventBuilder builder) {
      switch (overload) {
        case STRING -> builder.attribute(key, (String) given);
        case LONG -> builder.attribute(key, (long) given);
        case DOUBLE -> builder.attribute(key, (double) given);
        case BOOLEAN -> builder.attribute(key, (boolean) given);
        case OBJECT -> builder.attribute(key, given);
      }
    }
  }

  /** A payload's entry with its dotted key, as it is met when the payload is walked. */
  private record Leaf(String key, AnyValue expected) {}

  private static final class RandomEvent {

    private final int number;
    private final String name;
    private final Severity severity;
    private final Long time;
    private final String body;
    private final EventType type;
    private final List<Attribute> attributes = new ArrayList<>();
    private final Map<String, Object> payload;
    private final List<Leaf> leaves = new ArrayList<>();
    private final Context given;
    private final Context current;
    private final boolean hostile;
    // What the expectation came to.
    private boolean setsUid;
    private int overwritten;
    private int shadowed;

    static RandomEvent draw(long seed, int number) {
      // Drawn twice, because neighbouring seeds would give overlapping sequences.
      long mixed = new SplittableRandom(seed + number).nextLong();
      return new RandomEvent(number, new Draw(new SplittableRandom(mixed)));
    }

    private RandomEvent(int number, Draw draw) {
      this.number = number;
      name = draw.name();
      severity = draw.oneIn(3) ? null : draw.of(Severity.values());
      time = draw.time();
      body = draw.oneIn(2) ? null : draw.text();
      type = draw.oneIn(2) ? null : draw.of(EventType.values());
      given = draw.oneIn(3) ? draw.context() : null;
      current = draw.oneIn(2) ? draw.context() : Context.root();
      attributes.add(new Attribute(SEQUENCE, Overload.LONG, (long) number, number(number)));
      hostile = draw.oneIn(200);
      if (hostile) {
        attributes.add(new Attribute("hostile", Overload.OBJECT, draw.hostile(), text("")));
      }
      int count = draw.oneIn(30) ? draw.between(120, 160) : draw.between(0, 14);
      for (int i = 0; i < count; i++) {
        attributes.add(draw.attribute(count > 100 ? "attribute." + i : draw.key(i)));
      }
      if (draw.oneIn(100)) {
        attributes.add(draw.attribute(draw.oneIn(2) ? UID : EventType.ATTRIBUTE));
      }
      payload = draw.oneIn(3) ? draw.payload("", 0, leaves) : null;
    }

    String label() {
      return "event " + number + " of -Dseed=" + SEED;
    }

    boolean keepsTime() {
      return time != null && time > 0;
    }

    /** Whether it has a uid of its own; not if that was one attribute too many. */
    boolean setsUid() {
      return setsUid;
    }

    void applyTo(EventDraft draft) {
      if (severity != null) {
        draft.severity(severity.getSeverityNumber());
      }
      if (time != null) {
        draft.timestamp(time);
      }
      draft.body(body);
      draft.type(type);
      draft.context(given);
      attributes.forEach(attribute -> attribute.applyTo(draft));
      draft.payload(payload);
    }

    void applyTo(EventBuilder builder) {
      // Another order than above, which must not matter.
      builder.payload(payload);
      attributes.forEach(attribute -> attribute.applyTo(builder));
      builder.body(body);
      if (given != null) {
        builder.context(given);
      }
      if (type != null) {
        builder.type(type);
      }
      if (time != null) {
        builder.timestamp(time);
      }
      if (severity != null) {
        builder.severity(severity);
      }
    }

    /** The record that must come out, except for a generated uid. */
    LogRecord expected(long now) {
      Map<String, AnyValue> kept = new LinkedHashMap<>();
      int dropped = 0;
      overwritten = 0;
      shadowed = 0;
      for (Attribute attribute : attributes) {
        if (attribute.given == null) {
          continue;
        }
        String key = attribute.key;
        if (key == null || key.isEmpty() || isBeyondLimit(kept, key)) {
          dropped++;
        } else if (kept.put(key, attribute.expected) != null) {
          overwritten++;
        }
      }
      Set<String> own = Set.copyOf(kept.keySet());
      for (Leaf leaf : leaves) {
        if (leaf.expected == null) {
          continue;
        }
        if (own.contains(leaf.key)) {
          shadowed++;
        } else if (leaf.key.isEmpty() || isBeyondLimit(kept, leaf.key)) {
          dropped++;
        } else {
          kept.put(leaf.key, leaf.expected);
        }
      }
      setsUid = kept.containsKey(UID);
      if (type != null && type != EventType.CUSTOM) {
        kept.putIfAbsent("otlpevents.type", text(type.name().toLowerCase(java.util.Locale.ROOT)));
      }
      EXPECTED_DEFAULTS.forEach(kept::putIfAbsent);

      LogRecord.Builder record =
          LogRecord.newBuilder()
              .setTimeUnixNano(keepsTime() ? time : now)
              .setObservedTimeUnixNano(now)
              .setSeverityNumber(
                  severity == null
                      ? SeverityNumber.SEVERITY_NUMBER_INFO
                      : SeverityNumber.forNumber(severity.getSeverityNumber()))
              .setEventName(wellFormed(name))
              .setDroppedAttributesCount(dropped);
      if (body != null) {
        record.setBody(text(body));
      }
      kept.forEach((key, value) -> record.addAttributes(pair(key, value)));
      SpanContext span = Span.fromContext(given != null ? given : current).getSpanContext();
      if (span.isValid()) {
        record
            .setTraceId(ByteString.copyFrom(span.getTraceIdBytes()))
            .setSpanId(ByteString.copyFrom(span.getSpanIdBytes()))
            .setFlags(Byte.toUnsignedInt(span.getTraceFlags().asByte()));
      }
      return record.build();
    }

    private static boolean isBeyondLimit(Map<String, AnyValue> kept, String key) {
      return kept.size() >= ATTRIBUTE_LIMIT && !kept.containsKey(key);
    }
  }

  private record Sample(Object given, AnyValue expected) {}

  private enum Colour {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "not the name";
      }
    }
  }

  private static final class Hostile {
    @Override
    public String toString() {
      throw new IllegalStateException("hostile");
    }
  }

  /** Draws values together with what must come out for them. */
  private static final class Draw {

    private static final String[] ALPHABETS = {
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
      " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}~",
      "\0\u0001\b\t\n\r\u001b\u007f\u0080\u009f\u00a0",
      "äöüßñéÅçøæœŁžğıĳ",
      "ЖдяλΩΞאבגحديثहिन्दी",
      "漢字仮名交じり文한국어测试数据",
      "\u07ff\u0800\u2028\u2029\ufeff\ufffd\ufffe\uffff\ud7ff\ue000",
    };
    private static final String[] PAIRS = {
      "😀", "🛒", "👩‍👩‍👧‍👦", "🇩🇪", "𝄞", "𠜎", "\ud800\udc00", "\udbff\udfff"
    };
    private static final String[] LONE = {"\ud800", "\udbff", "\udc00", "\udfff", "\udc00\ud800"};
    private static final int[] LENGTHS = {
      0, 0, 1, 2, 3, 7, 8, 15, 31, 32, 33, 63, 64, 100, 120, 125, 126, 127, 128, 129, 255, 256
    };
    private static final int[] LONG_LENGTHS = {
      1_000, 1_023, 1_024, 1_025, 4_000, 5_461, 8_191, 8_192, 11_800, 11_900, 12_000, 12_100,
      12_200, 16_383, 16_384, 16_385, 30_000
    };
    private static final long[] LONGS = {
      0,
      1,
      -1,
      127,
      128,
      16_383,
      16_384,
      Integer.MAX_VALUE,
      Integer.MIN_VALUE,
      1L << 35,
      1L << 56,
      1L << 62,
      Long.MAX_VALUE,
      Long.MIN_VALUE,
      Long.MAX_VALUE - 1
    };
    private static final double[] DOUBLES = {
      0.0,
      -0.0,
      1,
      -1,
      0.1,
      Math.PI,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.MIN_VALUE,
      Double.MAX_VALUE,
      -Double.MAX_VALUE,
      Double.MIN_NORMAL,
      9_007_199_254_740_993.0,
      Double.longBitsToDouble(0x7ff0_0000_0000_0001L)
    };
    private static final String[] SEGMENTS = {"a", "b", "c", "order", "id", "größe", "数"};

    private final SplittableRandom random;

    Draw(SplittableRandom random) {
      this.random = random;
    }

    boolean oneIn(int n) {
      return random.nextInt(n) == 0;
    }

    int between(int from, int to) {
      return random.nextInt(from, to + 1);
    }

    <T> T of(T[] values) {
      return values[random.nextInt(values.length)];
    }

    String name() {
      if (oneIn(500)) {
        return "";
      }
      return oneIn(5) ? text() : "shop.order." + between(0, 50);
    }

    Long time() {
      return switch (random.nextInt(8)) {
        case 0, 1, 2 -> null;
        case 3 -> oneIn(2) ? 0L : -random.nextLong(Long.MAX_VALUE);
        case 4 -> oneIn(2) ? 1L : Long.MAX_VALUE;
        default -> random.nextLong(1, BASE_TIME);
      };
    }

    Context context() {
      return switch (random.nextInt(6)) {
        case 0 -> Context.root();
        case 1 -> Context.root().with(Span.getInvalid());
        default -> {
          String traceId = String.format("%016x%016x", random.nextLong(), random.nextLong() | 1);
          String spanId = String.format("%016x", random.nextLong() | 1);
          TraceFlags flags =
              TraceFlags.fromByte((byte) (oneIn(2) ? random.nextInt(2) : random.nextInt(256)));
          SpanContext span =
              oneIn(2)
                  ? SpanContext.create(traceId, spanId, flags, TraceState.getDefault())
                  : SpanContext.createFromRemoteParent(
                      traceId, spanId, flags, TraceState.builder().put("k", "v").build());
          yield Context.root().with(Span.wrap(span));
        }
      };
    }

    String text() {
      int[] lengths = oneIn(150) ? LONG_LENGTHS : LENGTHS;
      int length = lengths[random.nextInt(lengths.length)];
      // Mostly of one kind, for the code has a way of its own for ASCII.
      int kind = random.nextInt(4);
      StringBuilder text = new StringBuilder(length + 16);
      String alphabet = kind == 0 ? ALPHABETS[0] : of(ALPHABETS);
      while (text.length() < length) {
        if (kind == 3 || oneIn(200) && kind != 0) {
          text.append(oneIn(4) ? of(LONE) : oneIn(2) ? of(PAIRS) : of(ALPHABETS).charAt(3));
        } else {
          text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
      }
      return text.toString();
    }

    /** A key that others use as well, or one of its own. */
    String key(int unique) {
      return switch (random.nextInt(10)) {
        case 0 -> of(SEGMENTS);
        case 1 -> of(SEGMENTS) + '.' + of(SEGMENTS);
        case 2 -> of(SEGMENTS) + '.' + of(SEGMENTS) + '.' + of(SEGMENTS);
        case 3 -> oneIn(10) ? "" : text() + '#' + unique;
        case 4 -> oneIn(10) ? null : "\ud83dbroken" + unique;
        default -> "key." + between(0, 11);
      };
    }

    Attribute attribute(String key) {
      return switch (random.nextInt(9)) {
        case 0, 1, 2 -> {
          String text = oneIn(20) ? null : text();
          yield new Attribute(
              key,
              Overload.STRING,
              text,
              text == null ? null : RandomEventsEncodingTests.text(text));
        }
        case 3 -> {
          long number = number();
          yield new Attribute(key, Overload.LONG, number, RandomEventsEncodingTests.number(number));
        }
        case 4 -> {
          double real = real();
          yield new Attribute(key, Overload.DOUBLE, real, RandomEventsEncodingTests.real(real));
        }
        case 5 -> {
          boolean flag = random.nextBoolean();
          yield new Attribute(key, Overload.BOOLEAN, flag, bool(flag));
        }
        default -> {
          Sample sample = value(2);
          yield new Attribute(key, Overload.OBJECT, sample.given, sample.expected);
        }
      };
    }

    long number() {
      return oneIn(2)
          ? LONGS[random.nextInt(LONGS.length)]
          : random.nextLong() >> random.nextInt(Long.SIZE);
    }

    double real() {
      return oneIn(2)
          ? DOUBLES[random.nextInt(DOUBLES.length)]
          : Double.longBitsToDouble(random.nextLong());
    }

    /** Any value; nested values at most so deep. */
    Sample value(int depth) {
      return random.nextInt(depth > 0 ? 10 : 7) < 7 ? leaf() : composite(depth - 1);
    }

    private Sample leaf() {
      switch (random.nextInt(13)) {
        case 0:
          return oneIn(3)
              ? new Sample(null, null)
              : oneIn(2) ? printed(java.util.Locale.ROOT) : colour();
        case 1:
          boolean flag = random.nextBoolean();
          return new Sample(oneIn(2) ? flag : Value.of(flag), bool(flag));
        case 2:
        case 3:
          return integer();
        case 4:
          double real = real();
          return new Sample(oneIn(2) ? real : Value.of(real), RandomEventsEncodingTests.real(real));
        case 5:
          float shorter = Float.intBitsToFloat(random.nextInt());
          return new Sample(shorter, RandomEventsEncodingTests.real(shorter));
        case 6:
          byte[] bytes = bytes();
          return new Sample(
              oneIn(2) ? bytes : Value.of(bytes), RandomEventsEncodingTests.bytes(bytes));
        case 7:
          return printed(new UUID(random.nextLong(), random.nextLong()));
        case 8:
          return printed(
              switch (random.nextInt(6)) {
                case 0 -> new BigDecimal(BigInteger.valueOf(random.nextLong()), 7);
                case 1 -> BigInteger.valueOf(random.nextLong()).pow(3);
                case 2 -> Instant.ofEpochSecond(random.nextInt());
                case 3 -> Path.of("some", "where");
                default -> new StringBuilder(text());
              });
        case 9:
          return printed((char) random.nextInt(0x10000));
        default:
          String text = text();
          return new Sample(oneIn(2) ? text : Value.of(text), RandomEventsEncodingTests.text(text));
      }
    }

    private static Sample printed(Object value) {
      return new Sample(value, RandomEventsEncodingTests.text(value.toString()));
    }

    private Sample colour() {
      Colour colour = of(Colour.values());
      return new Sample(
          colour, RandomEventsEncodingTests.text(colour == Colour.RED ? "RED" : "GREEN"));
    }

    private Sample integer() {
      long number = number();
      Object given =
          switch (random.nextInt(5)) {
            case 0 -> (byte) number;
            case 1 -> (short) number;
            case 2 -> (int) number;
            case 3 -> number;
            default -> Value.of(number);
          };
      long kept = given instanceof Number narrow ? narrow.longValue() : number;
      return new Sample(given, RandomEventsEncodingTests.number(kept));
    }

    private byte[] bytes() {
      byte[] bytes = new byte[LENGTHS[random.nextInt(LENGTHS.length)]];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) random.nextInt(256);
      }
      return bytes;
    }

    private Sample composite(int depth) {
      int size = random.nextInt(5);
      return switch (random.nextInt(8)) {
        case 0 -> elements(new ArrayList<>(), size, depth);
        case 1 -> {
          Sample list = elements(new ArrayList<>(), size, depth);
          yield new Sample(((List<?>) list.given).toArray(), list.expected);
        }
        case 2 -> set(size);
        case 3, 4 -> map(size, depth);
        case 5 -> primitives(size);
        case 6 -> otelArray(size, depth);
        default -> otelPairs(size, depth);
      };
    }

    private Sample elements(List<Object> given, int size, int depth) {
      List<AnyValue> expected = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        Sample element = value(depth);
        given.add(element.given);
        expected.add(orEmpty(element.expected));
      }
      return new Sample(given, array(expected));
    }

    private Sample set(int size) {
      Set<Object> given = new LinkedHashSet<>();
      List<AnyValue> expected = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        String text = i + text();
        given.add(text);
        expected.add(RandomEventsEncodingTests.text(text));
      }
      return new Sample(given, array(expected));
    }

    private Sample map(int size, int depth) {
      Map<Object, Object> given = new LinkedHashMap<>();
      List<KeyValue> expected = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        Object key = oneIn(5) ? (Object) i : oneIn(2) ? of(SEGMENTS) + i : text() + i + '#';
        Sample value = value(depth);
        given.put(key, value.given);
        expected.add(pair(key.toString(), orEmpty(value.expected)));
      }
      return new Sample(given, pairs(expected));
    }

    private Sample primitives(int size) {
      List<AnyValue> expected = new ArrayList<>();
      Object array;
      switch (random.nextInt(5)) {
        case 0 -> {
          int[] ints = new int[size];
          for (int i = 0; i < size; i++) {
            ints[i] = (int) number();
            expected.add(RandomEventsEncodingTests.number(ints[i]));
          }
          array = ints;
        }
        case 1 -> {
          long[] longs = new long[size];
          for (int i = 0; i < size; i++) {
            longs[i] = number();
            expected.add(RandomEventsEncodingTests.number(longs[i]));
          }
          array = longs;
        }
        case 2 -> {
          double[] doubles = new double[size];
          for (int i = 0; i < size; i++) {
            doubles[i] = real();
            expected.add(RandomEventsEncodingTests.real(doubles[i]));
          }
          array = doubles;
        }
        case 3 -> {
          boolean[] flags = new boolean[size];
          for (int i = 0; i < size; i++) {
            flags[i] = random.nextBoolean();
            expected.add(bool(flags[i]));
          }
          array = flags;
        }
        default -> {
          String[] texts = new String[size];
          for (int i = 0; i < size; i++) {
            texts[i] = text();
            expected.add(RandomEventsEncodingTests.text(texts[i]));
          }
          array = texts;
        }
      }
      return new Sample(array, array(expected));
    }

    private Sample otelArray(int size, int depth) {
      List<Value<?>> given = new ArrayList<>();
      List<AnyValue> expected = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        Sample element = otelValue(depth);
        given.add((Value<?>) element.given);
        expected.add(element.expected);
      }
      return new Sample(Value.of(given), array(expected));
    }

    private Sample otelPairs(int size, int depth) {
      Map<String, Value<?>> given = new LinkedHashMap<>();
      List<KeyValue> expected = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        String key = text() + '#' + i;
        Sample value = otelValue(depth);
        given.put(key, (Value<?>) value.given);
        expected.add(pair(key, value.expected));
      }
      return new Sample(Value.of(given), pairs(expected));
    }

    private Sample otelValue(int depth) {
      if (depth > 0 && oneIn(3)) {
        return oneIn(2) ? otelArray(2, depth - 1) : otelPairs(2, depth - 1);
      }
      long number = number();
      return new Sample(Value.of(number), RandomEventsEncodingTests.number(number));
    }

    private static AnyValue orEmpty(AnyValue value) {
      return value == null ? AnyValue.getDefaultInstance() : value;
    }

    /** A payload, whose leaves are added in the order in which it is walked. */
    Map<String, Object> payload(String prefix, int depth, List<Leaf> leaves) {
      Map<String, Object> payload = new LinkedHashMap<>();
      int size = oneIn(40) ? between(100, 150) : random.nextInt(6);
      for (int i = 0; i < size; i++) {
        String key = size > 10 ? "many." + i : key(i);
        if (key == null || payload.containsKey(key)) {
          continue;
        }
        if (depth < 4 && oneIn(3)) {
          // Not with many entries each, for these multiply.
          payload.put(key, size > 10 ? Map.of() : payload(prefix + key + '.', depth + 1, leaves));
        } else {
          Sample sample = value(2);
          while (sample.given instanceof Map
              || sample.given instanceof Value<?> any
                  && any.getType() == ValueType.KEY_VALUE_LIST) {
            sample = value(2);
          }
          payload.put(key, sample.given);
          leaves.add(new Leaf(prefix + key, sample.expected));
        }
      }
      return payload;
    }

    /** Something that cannot be encoded. */
    Object hostile() {
      switch (random.nextInt(3)) {
        case 0:
          return new Hostile();
        case 1:
          Map<String, Object> cycle = new HashMap<>();
          cycle.put("itself", cycle);
          return cycle;
        default:
          List<Object> list = new ArrayList<>();
          list.add(List.of(new Hostile()));
          return list;
      }
    }
  }
}
