package io.otlpevents.encode;

import static io.otlpevents.encode.Records.attributes;
import static io.otlpevents.encode.Records.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.PayloadMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactionTests {

  private static final String CANARY = "c4n4ry-s3cret";
  private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  record Login(String user, String password, List<Login> more, Map<String, Object> extra) {}

  private static EncoderSettings rules(RedactionRule... rules) {
    return EncoderSettings.defaults().withRedaction(List.of(rules));
  }

  @ParameterizedTest
  @CsvSource({
    "password, password, true",
    "password, user.password, true",
    "password, user.PassWord.old, true",
    "password, passwords, false",
    "password, user.my_password, false",
    "*password*, user.my_password_2, true",
    "customer.email, customer.email, true",
    "customer.email, order.customer.email, true",
    "customer.email, customer.private.email, false",
    "customer.*.email, customer.private.email, true",
    "customer.*.email, customer.a.b.email, false",
    "customer.**.email, customer.a.b.email, true",
    "*, anything.at.all, true",
    "a+b, aab, false",
    "a+b, a+b, true",
    "größe, GRÖSSE, false",
    "größe, GRÖßE, true",
  })
  void aKeyMatchesWholeSegmentsAnywhere(String rule, String key, boolean redacted) {
    assertThat(attributes(encode(rules(RedactionRule.mask(rule)), draft -> draft.put(key, CANARY))))
        .containsOnly(entry(key, redacted ? "***" : CANARY));
  }

  @Test
  void theFirstRuleThatMatchesDecides() {
    EncoderSettings settings = rules(RedactionRule.mask("a.b"), RedactionRule.drop("a"));
    LogRecord record =
        encode(
            settings,
            draft -> {
              draft.put("a.b", 1);
              draft.put("a.c", 1);
              draft.put("d", 1);
            });

    assertThat(attributes(record)).containsOnly(entry("a.b", "***"), entry("d", 1L));
    assertThat(record.getDroppedAttributesCount()).isZero();
  }

  @Test
  void aHashIsTheHmacOfTheText() throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
    String expected = HexFormat.of().formatHex(mac.doFinal("42".getBytes(StandardCharsets.UTF_8)));

    LogRecord record =
        encode(
            rules(RedactionRule.hash("h", SECRET)),
            draft -> {
              draft.put("h.text", "42");
              draft.put("h.number", 42);
              draft.put("h.list", List.of("42", 42, Map.of("k", 1)));
              draft.put("h.map", Map.of("k", 1));
              draft.payload(Map.of("nested", Map.of("h", "42")));
            });

    assertThat(attributes(record))
        .containsOnly(
            entry("h.text", expected),
            entry("h.number", expected),
            entry("h.list", List.of(expected, expected, "***")),
            entry("h.map", "***"),
            entry("nested.h", expected));
    assertThat(RedactionRule.hash("h", SECRET).toString()).isEqualTo("HASH h");
    assertThatThrownBy(() -> RedactionRule.hash("h", new byte[15]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void textRulesApplyToEveryText() {
    EncoderSettings settings =
        rules(RedactionRule.maskText(Pattern.compile("\\b\\d{4}-\\d{4}\\b")));
    record Pojo(List<String> cards) {}
    LogRecord record =
        encode(
            settings,
            draft -> {
              draft.body("paid with 1234-5678 today");
              draft.put("a", "1234-5678");
              draft.put("b", List.of("x 1234-5678", "1"));
              draft.payload(new Pojo(List.of("1234-5678 1234-5678")));
            });

    assertThat(record.getBody().getStringValue()).isEqualTo("paid with *** today");
    assertThat(attributes(record))
        .containsOnly(
            entry("a", "***"),
            entry("b", List.of("x ***", "1")),
            entry("cards", List.of("*** ***")));
    assertThat(
            encode(settings, d -> d.payload("{\"a\":  \"1234-5678\"}")).getBody().getStringValue())
        .isEqualTo("{\"a\":  \"***\"}");
  }

  @Test
  void defaultAttributesAreRedacted() {
    EventEncoder encoder =
        new EventEncoder(
            8,
            1024,
            rules(RedactionRule.mask("token"), RedactionRule.drop("gone")),
            Attributes.builder().put("app.token", CANARY).put("gone", CANARY).put("x", 1).build(),
            () -> 1);

    assertThat(attributes(encode(encoder, encoder.newDraft(), draft -> {})))
        .containsOnly(entry("app.token", "***"), entry("x", 1L));
  }

  @Test
  void redactingTheMessageRedactsTheStackTrace() {
    Exception exception = new IllegalStateException("first " + CANARY + "\nsecond " + CANARY);
    exception.initCause(new RuntimeException(CANARY));
    exception.addSuppressed(new RuntimeException("x: " + CANARY));
    java.io.StringWriter trace = new java.io.StringWriter();
    exception.printStackTrace(new java.io.PrintWriter(trace));

    LogRecord record =
        encode(
            rules(RedactionRule.drop("exception.message")),
            draft -> {
              draft.put("exception.message", exception.getMessage());
              draft.put("exception.stacktrace", trace.toString());
            });

    assertThat(record.toString()).doesNotContain(CANARY);
    assertThat((String) attributes(record).get("exception.stacktrace"))
        .startsWith("java.lang.IllegalStateException\n\tat io.otlpevents.encode.RedactionTests.")
        .contains("Caused by: java.lang.RuntimeException\n");
  }

  @Test
  void jsonIsRedactedInsideAndMaskedIfItCannotBeRead() {
    EncoderSettings settings = rules(RedactionRule.mask("password"));
    assertThat(
            encode(
                    settings,
                    d -> d.payload("{\"a\":1.5,\"b\":[{\"password\":\"" + CANARY + "\"}]}"))
                .getBody()
                .getStringValue())
        .isEqualTo("{\"a\":1.5,\"b\":[{\"password\":\"***\"}]}");
    assertThat(
            encode(settings, d -> d.payload("{\"password\":\"" + CANARY))
                .getBody()
                .getStringValue())
        .isEqualTo("***");
    assertThat(encode(settings, d -> d.payload("plain")).getBody().getStringValue())
        .isEqualTo("plain");
    byte[] json = ("{\"password\":\"" + CANARY + "\"}").getBytes(StandardCharsets.UTF_8);
    assertThat(
            encode(settings, d -> d.payload(json, "application/json"))
                .getBody()
                .getBytesValue()
                .toStringUtf8())
        .isEqualTo("{\"password\":\"***\"}");
  }

  @Test
  void otherBytesAreRedactedByThePayloadsKeyOnly() {
    byte[] bytes = {1, 2};
    Consumer<EventDraft> event = draft -> draft.payload(bytes, "application/cbor");
    assertThat(encode(rules(RedactionRule.mask("x")), event).getBody().getBytesValue()).hasSize(2);
    assertThat(encode(rules(RedactionRule.drop("otlpevents.payload")), event).hasBody()).isFalse();
    assertThat(encode(rules(RedactionRule.mask("*")), event).getBody().getStringValue())
        .isEqualTo("***");
  }

  /** At every depth, in every mode, with every action. */
  @Test
  void aCanaryNeverReachesTheBytes() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("password", CANARY);
    map.put("keep", "kept");
    map.put("list", List.of(Map.of("Password", List.of(CANARY, Map.of(CANARY, CANARY)))));
    map.put("bytes", Map.of("password", CANARY.getBytes(StandardCharsets.UTF_8)));
    map.put("dotted.password.key", CANARY);
    map.put("array", new Object[] {Map.of("x", Map.of("password", Map.of(CANARY, 1)))});
    Login login =
        new Login(
            "u",
            CANARY,
            List.of(new Login("kept", CANARY, List.of(), Map.copyOf(map))),
            Map.copyOf(map));
    map.put("json", tools.jackson.databind.json.JsonMapper.shared().valueToTree(login));
    map.put("value", Value.of(Map.of("password", Value.of(CANARY))));
    map.put("attributes", Attributes.builder().put("password", CANARY).build());
    List<RedactionRule> actions =
        List.of(
            RedactionRule.mask("password"),
            RedactionRule.drop("password"),
            RedactionRule.hash("password", SECRET));
    for (RedactionRule rule : actions) {
      EventEncoder encoder = Records.encoder(rules(rule));
      EventDraft draft = encoder.newDraft();
      for (PayloadMode mode : PayloadMode.values()) {
        for (Object payload : new Object[] {map, login, List.of(login, map)}) {
          LogRecord record =
              encode(
                  encoder,
                  draft,
                  d -> {
                    d.put("password", CANARY);
                    d.put("user.password", List.of(CANARY));
                    d.put("nested", new ArrayList<>(List.of(map)));
                    d.payload(payload, mode);
                  });
          String bytes = record.toByteString().toString(StandardCharsets.ISO_8859_1);
          assertThat(bytes).as("%s %s", rule, mode).doesNotContain(CANARY).contains("kept");
        }
      }
    }
  }
}
