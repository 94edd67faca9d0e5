package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.management.ThreadMXBean;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.EmitResult;
import io.otlpevents.EventRecord;
import io.otlpevents.EventType;
import io.otlpevents.Sensitivity;
import io.otlpevents.annotation.BusinessEvent;
import io.otlpevents.annotation.EventAttribute;
import io.otlpevents.annotation.EventBody;
import io.otlpevents.annotation.Sensitive;
import io.otlpevents.ledger.RejectReason;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Objects of annotated classes, as they arrive. */
class TypedEventTests {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final long BUILDER_SIZE = 32;

  private final ScriptedDestination destination = new ScriptedDestination("scripted");
  private final EventPipeline pipeline = EventPipeline.builder().destination(destination).build();

  @AfterEach
  void closePipeline() {
    pipeline.close(Duration.ZERO);
  }

  enum Tier {
    GOLD {
      @Override
      public String toString() {
        return "precious";
      }
    }
  }

  record Address(String city, @EventAttribute("zip") String postalCode) {}

  record Customer(Tier tier, Optional<Address> address, @Nullable Address billingAddress) {}

  @BusinessEvent(value = "cart.abandoned", type = EventType.USER_ACTION, severity = Severity.WARN)
  private record CartAbandoned(
      @EventAttribute("cart.id") String cartId, int itemCount, Customer customer) {}

  @Test
  void aRecordIsAnEventWithItsComponentsAsAttributes() {
    CartAbandoned event =
        new CartAbandoned(
            "c-1", 3, new Customer(Tier.GOLD, Optional.of(new Address("Bonn", "53111")), null));

    LogRecord record = emitted(event);

    assertThat(record.getEventName()).isEqualTo("cart.abandoned");
    assertThat(record.getSeverityNumberValue()).isEqualTo(Severity.WARN.getSeverityNumber());
    assertThat(attributes(record))
        .containsExactly(
            entry("cart.id", "c-1"),
            entry("item_count", 3L),
            entry("customer.tier", "GOLD"),
            entry("customer.address.city", "Bonn"),
            entry("customer.address.zip", "53111"),
            entry("otlpevents.type", "user_action"));
  }

  @BusinessEvent("values")
  record EveryKind(
      byte aByte,
      short aShort,
      int anInt,
      long aLong,
      float aFloat,
      double aDouble,
      boolean aBoolean,
      char aChar,
      Integer boxed,
      @Nullable Long missing,
      BigDecimal decimal,
      String text,
      Tier constant,
      Optional<String> present,
      Optional<String> empty,
      OptionalInt optionalInt,
      Optional<Optional<Tier>> nestedOptional,
      Instant instant,
      LocalDate localDate,
      ZonedDateTime zoned,
      Duration duration,
      Date date,
      java.sql.Date sqlDate,
      UUID uuid,
      URI uri,
      int[] numbers,
      List<Tier> list,
      List<Address> records,
      Map<String, Object> map,
      Object declaredAsObject) {}

  @Test
  void everyKindOfValueArrives() {
    UUID uuid = new UUID(1, 2);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("address", new Address("Ulm", "89073"));
    map.put("deep", Map.of("n", 1));
    map.put("none", null);
    EveryKind event =
        new EveryKind(
            (byte) 1,
            (short) 2,
            3,
            4L,
            0.5f,
            0.25,
            true,
            'x',
            5,
            null,
            new BigDecimal("12.30"),
            "text",
            Tier.GOLD,
            Optional.of("there"),
            Optional.empty(),
            OptionalInt.of(6),
            Optional.of(Optional.of(Tier.GOLD)),
            Instant.ofEpochSecond(1),
            LocalDate.of(2026, 1, 2),
            ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneId.of("UTC")),
            Duration.ofSeconds(90),
            new Date(2000),
            java.sql.Date.valueOf("2026-01-02"),
            uuid,
            URI.create("https://example.org/"),
            new int[] {1, 2},
            List.of(Tier.GOLD),
            List.of(new Address("Kiel", "24103")),
            map,
            new Address("Jena", "07743"));

    assertThat(attributes(emitted(event)))
        .containsExactly(
            entry("a_byte", 1L),
            entry("a_short", 2L),
            entry("an_int", 3L),
            entry("a_long", 4L),
            entry("a_float", 0.5),
            entry("a_double", 0.25),
            entry("a_boolean", true),
            entry("a_char", "x"),
            entry("boxed", 5L),
            entry("decimal", "12.30"),
            entry("text", "text"),
            entry("constant", "GOLD"),
            entry("present", "there"),
            entry("optional_int", 6L),
            entry("nested_optional", "GOLD"),
            entry("instant", "1970-01-01T00:00:01Z"),
            entry("local_date", "2026-01-02"),
            entry("zoned", "2026-01-02T03:04:05Z[UTC]"),
            entry("duration", "PT1M30S"),
            entry("date", "1970-01-01T00:00:02Z"),
            entry("sql_date", "2026-01-02"),
            entry("uuid", uuid.toString()),
            entry("uri", "https://example.org/"),
            entry("numbers", List.of(1L, 2L)),
            entry("list", List.of("GOLD")),
            entry("records", List.of(Map.of("city", "Kiel", "zip", "24103"))),
            entry("map.address.city", "Ulm"),
            entry("map.address.zip", "89073"),
            entry("map.deep.n", 1L),
            entry("declared_as_object.city", "Jena"),
            entry("declared_as_object.zip", "07743"),
            entry("otlpevents.type", "business_process"));
  }

  /** A class with getters; one of them is annotated on its field. */
  @BusinessEvent("bean.event")
  static class Bean {
    @EventAttribute("order.id")
    private final String id = "o-1";

    String hidden = "hidden";

    public String getId() {
      return id;
    }

    public boolean isGift() {
      return true;
    }

    public String getHTTPUrl() {
      return "u";
    }

    public static String getStatic() {
      return "static";
    }

    public void getNothing() {}

    public String getWith(String parameter) {
      return parameter;
    }

    public String gettysburg() {
      return "no getter";
    }
  }

  /** Inherits the annotation. */
  static final class SpecialBean extends Bean {}

  @Test
  void aClassIsAnEventWithItsGettersAsAttributes() {
    for (Object bean : List.of(new Bean(), new SpecialBean())) {
      LogRecord record = emitted(bean);
      assertThat(record.getEventName()).isEqualTo("bean.event");
      assertThat(attributes(record))
          .containsOnly(
              entry("order.id", "o-1"),
              entry("gift", true),
              entry("http_url", "u"),
              entry("otlpevents.type", "business_process"));
    }
  }

  @BusinessEvent("with.text")
  record WithText(@EventBody Optional<String> message, int size) {}

  @BusinessEvent("with.bytes")
  record WithBytes(@EventBody byte[] content) {}

  @BusinessEvent("with.structure")
  record WithStructure(@EventBody Address address, String other) {}

  @Test
  void oneComponentMayBeTheBody() {
    LogRecord text = emitted(new WithText(Optional.of("hello"), 5));
    assertThat(text.getBody().getStringValue()).isEqualTo("hello");
    assertThat(attributes(text)).containsOnlyKeys("size", "otlpevents.type");
    assertThat(emitted(new WithText(Optional.empty(), 0)).hasBody()).isFalse();

    assertThat(emitted(new WithBytes(new byte[] {1, 2})).getBody().getBytesValue().toByteArray())
        .containsExactly(1, 2);

    LogRecord structure = emitted(new WithStructure(new Address("Bonn", "53111"), "x"));
    assertThat(value(structure.getBody())).isEqualTo(Map.of("city", "Bonn", "zip", "53111"));
    assertThat(attributes(structure)).containsOnlyKeys("other", "otlpevents.type");
  }

  interface Paying {
    @Sensitive
    String iban();
  }

  record Card(@Sensitive String number, String brand) {}

  @BusinessEvent("paid")
  record Paid(
      Card card,
      List<Card> cards,
      String iban,
      @Sensitive int pin,
      @Sensitive(Sensitivity.DROP) String token,
      @Sensitive Address address,
      @Sensitive Optional<String> absent)
      implements Paying {}

  @BusinessEvent("body.sensitive")
  record SensitiveBody(@EventBody @Sensitive String text) {}

  @Test
  void sensitiveValuesAreNotRecorded() {
    Paid event =
        new Paid(
            new Card("4111", "visa"),
            List.of(new Card("4222", "visa")),
            "DE02",
            1234,
            "secret",
            new Address("Bonn", "53111"),
            Optional.empty());

    assertThat(attributes(emitted(event)))
        .containsExactly(
            entry("card.number", "***"),
            entry("card.brand", "visa"),
            entry("cards", List.of(Map.of("number", "***", "brand", "visa"))),
            entry("iban", "***"),
            entry("pin", "***"),
            entry("address", "***"),
            entry("otlpevents.type", "business_process"));
    assertThat(emitted(new SensitiveBody("secret")).getBody().getStringValue()).isEqualTo("***");
  }

  @BusinessEvent("throwing")
  record Throwing(String first, Throwable failure) {
    @Override
    public Throwable failure() {
      TypedEventTests.<RuntimeException>sneak(failure);
      return failure;
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  record Node(Object next) {}

  @BusinessEvent("cyclic")
  record Cyclic(Object next) {}

  @Test
  void anAccessorThatThrowsIsCountedAndNeverReachesTheCaller() {
    List<Object> cycle = new ArrayList<>();
    cycle.add(cycle);
    Object deep = "end";
    for (int i = 0; i < 40; i++) {
      deep = new Node(deep);
    }
    List<Object> hostile =
        List.of(
            new Throwing("a", new IllegalStateException()),
            new Throwing("a", new Exception()),
            new Throwing("a", new StackOverflowError()),
            new Throwing("a", new OutOfMemoryError()),
            new Throwing("a", new AssertionError()),
            new Cyclic(cycle),
            new Cyclic(deep));
    for (Object event : hostile) {
      assertThat(pipeline.emitter().emit(event)).isEqualTo(EmitResult.ENCODING_FAILED);
    }
    assertThat(emitted(new Cyclic("fine")).getEventName()).isEqualTo("cyclic");

    assertThat(destination.delivered).hasSize(1);
    assertThat(attributes(destination.delivered.get(0)))
        .containsOnlyKeys("next", "otlpevents.type");
    assertThat(pipeline.ledger().snapshot().isBalanced()).isTrue();
    assertThat(pipeline.ledger().snapshot().rejected())
        .containsEntry(RejectReason.ENCODING_FAILED, (long) hostile.size());
  }

  record NotAnEvent(int n) {}

  @BusinessEvent(" ")
  record Nameless(int n) {}

  @BusinessEvent("two.bodies")
  record TwoBodies(@EventBody String a, @EventBody String b) {}

  @BusinessEvent("same.keys")
  record SameKeys(@EventAttribute("k") String a, String k) {}

  @Test
  void whatIsNoEventIsRefusedAndToldOnce() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(EventPipeline.class);
    Level before = logger.getLevel();
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.WARN);
    try {
      for (int i = 0; i < 3; i++) {
        for (Object event :
            new Object[] {
              new NotAnEvent(1), new Nameless(1), new TwoBodies("", ""), new SameKeys("", "")
            }) {
          assertThat(pipeline.emitter().emit(event)).isEqualTo(EmitResult.INVALID);
        }
      }
      assertThat(pipeline.emitter().emit((Object) null)).isEqualTo(EmitResult.INVALID);
    } finally {
      logger.detachAppender(log);
      logger.setLevel(before);
    }
    String name = TypedEventTests.class.getName();
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .filteredOn(message -> message.contains(name))
        .containsExactly(
            "Events are refused (INVALID): "
                + name
                + "$NotAnEvent is no event: annotate it with @BusinessEvent(\"its.name\"), or use"
                + " EventEmitter.event(…)",
            "Events are refused (INVALID): " + name + "$Nameless: its @BusinessEvent has no name",
            "Events are refused (INVALID): "
                + name
                + "$TwoBodies: more than one of its components is annotated with @EventBody",
            "Events are refused (INVALID): "
                + name
                + "$SameKeys: two of its attributes have the key k");
    assertThat(pipeline.ledger().snapshot().rejected()).containsEntry(RejectReason.INVALID, 13L);
    assertThat(pipeline.ledger().snapshot().isBalanced()).isTrue();
  }

  @Test
  void aRecordOfTheApiIsEmittedAsSuch() {
    Object record = EventRecord.builder("built.before").build();
    assertThat(emitted(record).getEventName()).isEqualTo("built.before");
  }

  @Test
  void nothingIsReadOfAnEventBelowTheMinimumSeverity() {
    try (EventPipeline strict =
        EventPipeline.builder()
            .destination(new ScriptedDestination("strict"))
            .minimumSeverity(Severity.WARN)
            .build()) {
      assertThat(strict.emitter().emit(new Throwing("a", new IllegalStateException())))
          .isEqualTo(EmitResult.FILTERED);
      assertThat(strict.ledger().snapshot().filtered()).isEqualTo(1);
      assertThat(strict.ledger().snapshot().isBalanced()).isTrue();
    }
  }

  @BusinessEvent("scalars")
  record Scalars(String orderId, int items, double total, boolean gift, Amount amount) {}

  record Amount(long cents) {}

  @Test
  void readingScalarsAllocatesNothing() {
    Scalars event = new Scalars("o-1234", 70_000, 0.5, true, new Amount(1_000_000));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long best = Long.MAX_VALUE;
    for (int round = 1; round < 2_000 && best > 0; round++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < 100; i++) {
        pipeline.emitter().emit(event);
      }
      best = Math.min(best, threads.getThreadAllocatedBytes(thread) - before);
      if (round % 50 == 0) {
        pipeline.flush(LONG);
        destination.delivered.clear();
      }
    }
    // The compiler makes the builder vanish, too, but not in every order of compilations.
    assertThat(best).isLessThanOrEqualTo(100 * BUILDER_SIZE);
  }

  private LogRecord emitted(Object event) {
    assertThat(pipeline.emitter().emit(event)).isEqualTo(EmitResult.ACCEPTED);
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    return destination.delivered.get(destination.delivered.size() - 1);
  }

  private static Map<String, Object> attributes(LogRecord record) {
    return entries(record.getAttributesList(), "log.record.uid");
  }

  private static Map<String, Object> entries(List<KeyValue> list, String except) {
    Map<String, Object> entries = new LinkedHashMap<>();
    for (KeyValue entry : list) {
      if (!entry.getKey().equals(except)) {
        entries.put(entry.getKey(), value(entry.getValue()));
      }
    }
    return entries;
  }

  private static Object value(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> value.getIntValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case BOOL_VALUE -> value.getBoolValue();
      case ARRAY_VALUE ->
          value.getArrayValue().getValuesList().stream().map(TypedEventTests::value).toList();
      case KVLIST_VALUE -> entries(value.getKvlistValue().getValuesList(), "");
      default -> value;
    };
  }
}
