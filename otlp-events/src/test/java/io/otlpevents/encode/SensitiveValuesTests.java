package io.otlpevents.encode;

import static io.otlpevents.encode.Records.attributes;
import static io.otlpevents.encode.Records.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.PayloadMode;
import io.otlpevents.SensitiveValue;
import io.otlpevents.Sensitivity;
import io.otlpevents.annotation.EventAttribute;
import io.otlpevents.annotation.Sensitive;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

class SensitiveValuesTests {

  private static final String CANARY = "c4n4ry-s3cret";
  private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final EncoderSettings PLAIN = EncoderSettings.defaults();
  private static final EncoderSettings HASHING =
      PLAIN.withRedaction(List.of(RedactionRule.hashMarked(SECRET)));

  record Card(
      String brand,
      @Sensitive String number,
      @Sensitive(Sensitivity.DROP) String code,
      @Sensitive(Sensitivity.HASH) String holder) {}

  record Wallet(String owner, List<Card> cards) {}

  record Renamed(
      @EventAttribute("customer.id") String id,
      @EventAttribute String tier,
      @EventAttribute("customer.mail") @Sensitive String mail,
      String notRecorded) {}

  /** With getters, a field and a name of its own for JSON. */
  public static class Bean {

    @Sensitive private String viaField = CANARY;

    @Sensitive
    public String getViaGetter() {
      return CANARY;
    }

    @Sensitive
    @JsonProperty("aliased")
    public String getOtherName() {
      return CANARY;
    }

    public String getViaField() {
      return viaField;
    }

    @Sensitive
    public @Nullable String getMissing() {
      return null;
    }

    @Sensitive
    public Map<String, String> getStructured() {
      return Map.of("a", CANARY);
    }
  }

  /** Inherits a mark by overriding. */
  public static class SubBean extends Bean {

    @Override
    public String getViaGetter() {
      return CANARY + "2";
    }

    @Override
    public String toString() {
      return "SubBean " + CANARY;
    }
  }

  private static final Card CARD = new Card("visa", CANARY, CANARY, CANARY);

  @Test
  void markedValuesAreMaskedHashedOrDroppedWhereverTheyStand() throws Exception {
    LogRecord record =
        encode(
            HASHING,
            draft -> {
              draft.put("mask", SensitiveValue.of(CANARY, Sensitivity.MASK));
              draft.put("hash", SensitiveValue.of(CANARY, Sensitivity.HASH));
              draft.put("drop", SensitiveValue.of(CANARY, Sensitivity.DROP));
              draft.put("none", SensitiveValue.of(null, Sensitivity.MASK));
              draft.put(
                  "map",
                  Map.of(
                      "m", SensitiveValue.of(7, Sensitivity.MASK),
                      "d", SensitiveValue.of(7, Sensitivity.DROP)));
              draft.put("list", List.of(SensitiveValue.of(CANARY, Sensitivity.DROP), "x"));
            });
    assertThat(attributes(record))
        .containsOnly(
            entry("mask", "***"),
            entry("hash", hmac(CANARY)),
            entry("map", Map.of("m", "***")),
            entry("list", List.of("***", "x")));
  }

  @Test
  void withoutASecretAHashBecomesAMask() {
    assertThat(
            attributes(
                encode(
                    PLAIN, draft -> draft.put("k", SensitiveValue.of(CANARY, Sensitivity.HASH)))))
        .containsOnly(entry("k", "***"));
  }

  @Test
  void aMarkedPayloadIsMaskedAsAWhole() {
    LogRecord record =
        encode(PLAIN, draft -> draft.payload(SensitiveValue.of(CARD, Sensitivity.MASK)));
    assertThat(record.getBody().getStringValue()).isEqualTo("***");
  }

  @ParameterizedTest
  @EnumSource(PayloadMode.class)
  void nothingSensitiveLeavesInAnyModeOfPayload(PayloadMode mode) {
    for (Object payload :
        List.of(
            CARD,
            new Wallet("ann", List.of(CARD)),
            new SubBean(),
            Map.of("card", CARD, "marked", SensitiveValue.of(CANARY, Sensitivity.MASK)),
            List.of(CARD, new Bean()))) {
      assertHidden(PLAIN, draft -> draft.payload(payload, mode));
    }
  }

  @Test
  void nothingSensitiveLeavesInAnAttributeThatWouldBeAToString() {
    for (Object value :
        List.of(
            CARD,
            new Wallet("ann", List.of(CARD)),
            new SubBean(),
            new ArrayList<>(List.of(CARD)),
            Map.of("card", CARD))) {
      assertHidden(PLAIN, draft -> draft.put("k", value));
      assertHidden(HASHING, draft -> draft.put("k", value));
    }
    assertThat(attributes(encode(PLAIN, draft -> draft.put("card", CARD))))
        .containsOnly(entry("card", Map.of("brand", "visa", "number", "***", "holder", "***")));
  }

  @Test
  void aCodecThatKnowsNoAnnotationsDoesNotGetAttributes() {
    PayloadCodec careless =
        new PayloadCodec() {
          @Override
          public void write(Object value, PayloadSink sink) {
            sink.value(value.toString());
          }
        };
    assertHidden(PLAIN.withPayloadCodec(careless), draft -> draft.put("k", CARD));
  }

  @Test
  void annotatedPropertiesAreSelectedAndRenamed() {
    assertThat(
            attributes(
                encode(PLAIN, draft -> draft.payload(new Renamed("c-1", "gold", CANARY, "no")))))
        .containsOnly(
            entry("customer.id", "c-1"), entry("tier", "gold"), entry("customer.mail", "***"));
  }

  @Test
  void theApplicationsOwnMapperIsLeftAlone() throws Exception {
    JsonMapper mapper = JsonMapper.builder().build();
    EncoderSettings settings = PLAIN.withPayloadCodec(JacksonPayloads.using(mapper));
    assertHidden(settings, draft -> draft.payload(CARD));
    assertThat(mapper.writeValueAsString(CARD)).contains(CANARY);
  }

  private static void assertHidden(EncoderSettings settings, Consumer<EventDraft> event) {
    LogRecord record = encode(settings, event);
    assertThat(record.toString()).doesNotContain(CANARY).contains("*");
  }

  private static String hmac(String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
  }
}
