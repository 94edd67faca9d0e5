package io.otlpevents.encode;

import static io.otlpevents.encode.Records.attributes;
import static io.otlpevents.encode.Records.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.PayloadMode;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class PayloadTests {

  private static final JsonMapper JACKSON = JsonMapper.builder().build();
  private static final UUID ID = new UUID(1, 2);

  enum Tier {
    GOLD
  }

  record Customer(String name, Tier tier, Optional<String> mail) {}

  record Line(String sku, int quantity, double price) {}

  record Order(
      UUID id,
      Customer customer,
      List<Line> lines,
      Map<String, Object> tags,
      BigDecimal total,
      Instant placed,
      boolean gift,
      byte[] signature,
      String note) {}

  private static Order order() {
    return new Order(
        ID,
        new Customer("Größe \"😀\"\n", Tier.GOLD, Optional.empty()),
        List.of(new Line("a", 1, 2.5), new Line("b", 2, Double.NaN)),
        Map.of("a.b", 1),
        new BigDecimal("12345678901234567890.10"),
        Instant.EPOCH,
        true,
        new byte[] {1, 2},
        null);
  }

  private static EncoderSettings settings(PayloadMode mode) {
    return EncoderSettings.defaults().withPayloadMode(mode);
  }

  @Test
  void aRecordBecomesDottedAttributes() {
    LogRecord record =
        encode(
            settings(PayloadMode.FLAT),
            draft -> {
              draft.body("text");
              draft.payload(order());
            });

    assertThat(record.getBody().getStringValue()).isEqualTo("text");
    assertThat(attributes(record))
        .containsOnly(
            entry("id", ID.toString()),
            entry("customer.name", "Größe \"😀\"\n"),
            entry("customer.tier", "GOLD"),
            entry(
                "lines",
                List.of(
                    Map.of("sku", "a", "quantity", 1L, "price", 2.5),
                    Map.of("sku", "b", "quantity", 2L, "price", Double.NaN))),
            entry("tags.a.b", 1L),
            entry("total", "12345678901234567890.10"),
            entry("placed", "1970-01-01T00:00:00Z"),
            entry("gift", true),
            entry("signature", ByteString.copyFrom(new byte[] {1, 2})));
  }

  private static Map<String, Object> structured() {
    Map<String, Object> customer = new LinkedHashMap<>();
    customer.put("name", "Größe \"😀\"\n");
    customer.put("tier", "GOLD");
    customer.put("mail", null);
    Map<String, Object> order = new LinkedHashMap<>();
    order.put("id", ID.toString());
    order.put("customer", customer);
    order.put(
        "lines",
        List.of(
            Map.of("sku", "a", "quantity", 1L, "price", 2.5),
            Map.of("sku", "b", "quantity", 2L, "price", Double.NaN)));
    order.put("tags", Map.of("a.b", 1L));
    order.put("total", "12345678901234567890.10");
    order.put("placed", "1970-01-01T00:00:00Z");
    order.put("gift", true);
    order.put("signature", ByteString.copyFrom(new byte[] {1, 2}));
    order.put("note", null);
    return order;
  }

  @Test
  void aRecordBecomesAStructuredBody() {
    LogRecord record =
        encode(
            settings(PayloadMode.FLAT),
            draft -> {
              draft.body("replaced");
              draft.payload(order(), PayloadMode.STRUCTURED_BODY);
            });

    assertThat(Records.java(record.getBody())).isEqualTo(structured());
    assertThat(attributes(record)).isEmpty();
  }

  @Test
  void aRecordBecomesOneAttribute() {
    LogRecord record =
        encode(
            settings(PayloadMode.NESTED_ATTRIBUTE).withPayloadKey("app.order"),
            draft -> draft.payload(order()));

    assertThat(attributes(record)).containsOnly(entry("app.order", structured()));
    assertThat(record.hasBody()).isFalse();
  }

  @Test
  void aRecordBecomesJsonText() {
    LogRecord record = encode(settings(PayloadMode.JSON_STRING), draft -> draft.payload(order()));

    JsonNode expected = JACKSON.readTree(JACKSON.writeValueAsString(order()));
    assertThat(JACKSON.readTree(record.getBody().getStringValue())).isEqualTo(expected);
    assertThat(record.getBody().getStringValue()).contains("12345678901234567890.10");
  }

  @Test
  void aMapMayContainRecordsAndJsonNodes() {
    LogRecord record =
        encode(
            settings(PayloadMode.FLAT),
            draft ->
                draft.payload(
                    Map.of(
                        "line",
                        new Line("a", 1, 2.5),
                        "node",
                        JACKSON.readTree("{\"x\":[1,{\"y\":null}]}"))));

    Map<String, Object> y = new LinkedHashMap<>();
    y.put("y", null);
    assertThat(attributes(record))
        .containsOnly(
            entry("line.sku", "a"),
            entry("line.quantity", 1L),
            entry("line.price", 2.5),
            entry("node.x", List.of(1L, y)));
  }

  @Test
  void theEventsOwnAttributesWinAndAmongEntriesTheLast() {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("a.b", "first");
    payload.put("own", "payload");
    payload.put("after", "x".repeat(200));
    payload.put("a", Map.of("b", List.of("second")));
    payload.put("end", 1);

    LogRecord record =
        encode(
            settings(PayloadMode.FLAT),
            draft -> {
              draft.payload(payload);
              draft.put("own", "event");
            });

    assertThat(attributes(record))
        .containsOnly(
            entry("own", "event"),
            entry("a.b", List.of("second")),
            entry("after", "x".repeat(200)),
            entry("end", 1L));
    assertThat(record.getDroppedAttributesCount()).isZero();
  }

  @Test
  void anOwnAttributeWithThePayloadsKeyWins() {
    LogRecord record =
        encode(
            settings(PayloadMode.NESTED_ATTRIBUTE),
            draft -> {
              draft.put("otlpevents.payload", "own");
              draft.payload(Map.of("a", 1));
            });

    assertThat(attributes(record)).containsOnly(entry("otlpevents.payload", "own"));
  }

  @Test
  void aFlatPayloadWithoutNamesIsOneAttribute() {
    assertThat(attributes(encode(settings(PayloadMode.FLAT), d -> d.payload(List.of(1, "b")))))
        .containsOnly(entry("otlpevents.payload", List.of(1L, "b")));
    assertThat(attributes(encode(settings(PayloadMode.FLAT), d -> d.payload((Object) 5))))
        .containsOnly(entry("otlpevents.payload", 5L));
  }

  @Test
  void textIsTheBodyOrTheAttributeAsItIs() {
    String text = "{ \"a\" : 1.10 }";
    for (PayloadMode mode : PayloadMode.values()) {
      LogRecord record = encode(settings(mode), draft -> draft.payload(text));
      if (mode == PayloadMode.NESTED_ATTRIBUTE) {
        assertThat(attributes(record)).containsOnly(entry("otlpevents.payload", text));
        assertThat(record.hasBody()).isFalse();
      } else {
        assertThat(record.getBody().getStringValue()).isEqualTo(text);
        assertThat(attributes(record)).isEmpty();
      }
    }
  }

  @Test
  void bytesAreTheBodyWithTheirContentType() {
    byte[] bytes = {0, -1, 127};
    LogRecord record =
        encode(
            settings(PayloadMode.FLAT),
            draft -> {
              draft.body("replaced");
              draft.payload(bytes, "application/cbor");
            });

    assertThat(record.getBody().getBytesValue()).isEqualTo(ByteString.copyFrom(bytes));
    assertThat(attributes(record))
        .containsOnly(entry("otlpevents.payload.content_type", "application/cbor"));
  }

  @Test
  void nothingOfAPayloadIsLeftInTheNextEvent() {
    EventEncoder encoder = Records.encoder(settings(PayloadMode.FLAT));
    EventDraft draft = encoder.newDraft();
    encode(encoder, draft, d -> d.payload(Map.of("a", 1, "log.record.uid", "mine")));

    LogRecord next = encode(encoder, draft, d -> d.put("b", 2));

    assertThat(attributes(next)).containsOnly(entry("b", 2L));
    assertThat(next.getAttributesList()).hasSize(2);
  }

  @Test
  void theApplicationsMapperIsUsed() {
    record Camel(String someName) {}
    PayloadCodec codec =
        JacksonPayloads.using(
            JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build());

    LogRecord record =
        encode(
            EncoderSettings.defaults().withPayloadCodec(codec),
            draft -> draft.payload(new Camel("x")));

    assertThat(attributes(record)).containsOnly(entry("some_name", "x"));
  }

  @Test
  void aCodecThatLeavesSomethingOpenFailsTheEvent() {
    PayloadCodec codec = (value, sink) -> sink.startObject();
    EventEncoder encoder = Records.encoder(EncoderSettings.defaults().withPayloadCodec(codec));
    EventDraft draft = encoder.newDraft();
    draft.begin("x");
    draft.payload(new Line("a", 1, 1));

    assertThatThrownBy(() -> encoder.encode(draft)).isInstanceOf(IllegalStateException.class);
  }

  /** Random objects, against what Jackson makes of them. */
  @ParameterizedTest
  @EnumSource(
      value = PayloadMode.class,
      names = {"STRUCTURED_BODY", "JSON_STRING", "NESTED_ATTRIBUTE"})
  void randomObjectsAreWhatJacksonMakesOfThem(PayloadMode mode) {
    long seed = Long.getLong("seed", System.nanoTime());
    SplittableRandom random = new SplittableRandom(seed);
    EventEncoder encoder = Records.encoder(settings(mode));
    EventDraft draft = encoder.newDraft();
    for (int i = 0; i < 2_000; i++) {
      Object payload = random(random, 5);
      if (payload instanceof CharSequence || payload == null) {
        payload = Map.of("a", String.valueOf(payload));
      }
      Object given = random.nextBoolean() ? payload : new Holder(payload);
      JsonNode expected = JACKSON.readTree(JACKSON.writeValueAsString(given));

      LogRecord record = encode(encoder, draft, d -> d.payload(given));

      JsonNode actual =
          switch (mode) {
            case JSON_STRING -> JACKSON.readTree(record.getBody().getStringValue());
            case STRUCTURED_BODY -> asJson(Records.java(record.getBody()));
            default -> asJson(attributes(record).get("otlpevents.payload"));
          };
      assertThat(actual).as("%d of -Dseed=%d", i, seed).isEqualTo(expected);
    }
  }

  private static JsonNode asJson(Object value) {
    return JACKSON.readTree(JACKSON.writeValueAsString(value));
  }

  record Holder(Object first, List<Holder> more, String text) {
    Holder(Object first) {
      this(first, List.of(), "ü");
    }
  }

  private static Object random(SplittableRandom random, int depth) {
    switch (random.nextInt(depth > 0 ? 10 : 6)) {
      case 0:
        return random.nextLong() >> random.nextInt(64);
      case 1:
        return random.nextDouble();
      case 2:
        return random.nextBoolean();
      case 3:
        return null;
      case 4:
        return "a\"\\\n\u0001\u007fß漢😀".substring(0, random.nextInt(8));
      case 5:
        return "x".repeat(random.nextInt(300));
      case 6:
        return new Holder(random(random, depth - 1));
      case 7:
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          list.add(random(random, depth - 1));
        }
        return random.nextBoolean() ? list : list.toArray();
      default:
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          map.put("k\n" + i, random(random, depth - 1));
        }
        return map;
    }
  }

  @Test
  void threadsShareACodec() throws Exception {
    EventEncoder encoder = Records.encoder(settings(PayloadMode.STRUCTURED_BODY));
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int thread = t;
        tasks.add(
            () -> {
              EventDraft draft = encoder.newDraft();
              for (int i = 0; i < 2_000; i++) {
                int number = thread * 10_000 + i;
                LogRecord record =
                    encode(encoder, draft, d -> d.payload(new Line("s" + number, number, 0.5)));
                assertThat(Records.java(record.getBody()))
                    .isEqualTo(
                        Map.of("sku", "s" + number, "quantity", (long) number, "price", 0.5));
              }
              return null;
            });
      }
      for (Future<Void> done : executor.invokeAll(tasks)) {
        done.get(1, TimeUnit.MINUTES);
      }
    } finally {
      executor.shutdownNow();
    }
  }

  /** Called with the classes of a loader that does not know Jackson. */
  public static final class WithoutJackson implements Callable<String> {

    @Override
    public String call() {
      LogRecord record =
          encode(
              EncoderSettings.defaults(),
              draft -> draft.payload(Map.of("a", Map.of("b", 1), "line", new Line("s", 1, 1))));
      if (!attributes(record).equals(Map.of("a.b", 1L, "line", new Line("s", 1, 1).toString()))) {
        return "map: " + record;
      }
      EventEncoder encoder = Records.encoder(EncoderSettings.defaults());
      EventDraft draft = encoder.newDraft();
      draft.begin("x");
      draft.payload(new Line("s", 1, 1));
      try {
        return "encoded: " + encoder.encode(draft);
      } catch (IllegalStateException e) {
        return e.getMessage();
      }
    }
  }

  @Test
  void withoutJacksonMapsWorkAndRecordsAreRefused() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String path : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
      if (!path.contains("jackson")) {
        urls.add(java.nio.file.Path.of(path).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Callable<?> test =
          (Callable<?>)
              loader
                  .loadClass(WithoutJackson.class.getName())
                  .getDeclaredConstructor()
                  .newInstance();
      assertThat(test.call()).isEqualTo("no codec for payloads");
    }
  }

  @Test
  void everyKindOfValueHasItsForm() {
    Map<String, Object> withNull = new LinkedHashMap<>();
    withNull.put("n", null);
    LogRecord record =
        encode(
            EncoderSettings.defaults(),
            draft -> {
              draft.put("string", (Object) "s");
              draft.put("builder", new StringBuilder("s"));
              draft.put("char", (Object) 'c');
              draft.put("int", (Object) 1);
              draft.put("atomic", new AtomicLong(2));
              draft.put("float", (Object) 0.5f);
              draft.put("decimal", new BigDecimal("1.10"));
              draft.put("enum", Tier.GOLD);
              draft.put("uuid", ID);
              draft.put("instant", Instant.EPOCH);
              draft.put("optional", Optional.of(3));
              draft.put("empty", Optional.empty());
              draft.put("optionalLong", OptionalLong.of(4));
              draft.put("bytes", new byte[] {1});
              draft.put("ints", new int[] {1, 2});
              draft.put("longs", new long[] {Long.MIN_VALUE});
              draft.put("shorts", new short[] {1});
              draft.put("doubles", new double[] {0.5});
              draft.put("floats", new float[] {0.5f});
              draft.put("booleans", new boolean[] {true});
              draft.put("chars", new char[] {'a'});
              draft.put("objects", new Object[] {1, null, List.of("x")});
              draft.put("list", Arrays.asList("x", null, Optional.empty()));
              draft.put("map", withNull);
              draft.put("record", new Line("a", 1, 1));
              draft.put("value", Value.of(Map.of("k", Value.of(1))));
              draft.put(
                  "attributes",
                  Attributes.of(
                      AttributeKey.stringKey("s"),
                      "x",
                      AttributeKey.longArrayKey("l"),
                      List.of(1L)));
            });

    assertThat(attributes(record))
        .containsOnly(
            entry("string", "s"),
            entry("builder", "s"),
            entry("char", "c"),
            entry("int", 1L),
            entry("atomic", 2L),
            entry("float", 0.5),
            entry("decimal", "1.10"),
            entry("enum", "GOLD"),
            entry("uuid", ID.toString()),
            entry("instant", "1970-01-01T00:00:00Z"),
            entry("optional", 3L),
            entry("optionalLong", 4L),
            entry("bytes", ByteString.copyFrom(new byte[] {1})),
            entry("ints", List.of(1L, 2L)),
            entry("longs", List.of(Long.MIN_VALUE)),
            entry("shorts", List.of(1L)),
            entry("doubles", List.of(0.5)),
            entry("floats", List.of(0.5)),
            entry("booleans", List.of(true)),
            entry("chars", List.of("a")),
            entry("objects", Arrays.asList(1L, null, List.of("x"))),
            entry("list", Arrays.asList("x", null, null)),
            entry("map", withNull),
            entry("record", new Line("a", 1, 1).toString()),
            entry("value", Map.of("k", 1L)),
            entry("attributes", Map.of("s", "x", "l", List.of(1L))));
    assertThat(record.getDroppedAttributesCount()).isZero();
  }

  @Test
  void timesMayLieInThePast() {
    LogRecord record =
        encode(
            EncoderSettings.defaults(),
            draft -> {
              draft.timestamp(5);
              draft.observedTimestamp(7);
            });

    assertThat(record.getTimeUnixNano()).isEqualTo(5);
    assertThat(record.getObservedTimeUnixNano()).isEqualTo(7);
  }
}
