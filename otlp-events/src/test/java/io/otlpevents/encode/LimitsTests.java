package io.otlpevents.encode;

import static io.otlpevents.encode.Records.attributes;
import static io.otlpevents.encode.Records.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.sun.management.ThreadMXBean;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.PayloadMode;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LimitsTests {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void attributesBeyondTheLimitAreLeftOutAndCounted() {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("own.0", "shadowed");
    payload.put("p.0", 0);
    payload.put("p.1", List.of(1));
    payload.put("null", null);
    payload.put("p.2", List.of(Map.of("deep", 1)));
    payload.put("p.3", Map.of("x", 1, "y", 2));
    payload.put("p", Map.of("0", "again"));

    LogRecord record =
        encode(
            EncoderSettings.defaults().withMaxAttributes(4),
            draft -> {
              draft.put("own.0", 0);
              draft.put("own.1", 1);
              draft.put("", "nameless");
              draft.payload(payload);
            });

    assertThat(attributes(record))
        .containsOnly(
            entry("own.0", 0L),
            entry("own.1", 1L),
            entry("p.0", "again"),
            entry("p.1", List.of(1L)));
    assertThat(record.getDroppedAttributesCount()).isEqualTo(1 + 1 + 2);
  }

  @Test
  void longTextsAreCutEverywhereBetweenCharacters() {
    record Pojo(String text) {}
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("p", "abc😀😀");
    payload.put("pojo", new Pojo("12345"));

    EncoderSettings settings = EncoderSettings.defaults().withMaxValueLength(4);
    LogRecord record =
        encode(
            settings,
            draft -> {
              draft.put("short", "abcd");
              draft.put("long", "abcde");
              draft.put("pair", "abc😀");
              draft.put("whole", "ab😀x");
              draft.put("nested", List.of("abcde", Map.of("k", "abcde")));
              draft.body("not cut");
              draft.payload(payload);
            });

    assertThat(attributes(record))
        .containsOnly(
            entry("short", "abcd"),
            entry("long", "abcd"),
            entry("pair", "abc"),
            entry("whole", "ab😀"),
            entry("nested", List.of("abcd", Map.of("k", "abcd"))),
            entry("p", "abc"),
            entry("pojo.text", "1234"));
    assertThat(record.getBody().getStringValue()).isEqualTo("not cut");
    assertThat(
            encode(settings, d -> d.payload(payload, PayloadMode.JSON_STRING))
                .getBody()
                .getStringValue())
        .isEqualTo("{\"p\":\"abc\",\"pojo\":{\"text\":\"1234\"}}");
  }

  @Test
  void deeperValuesAreRefused() {
    EncoderSettings settings = EncoderSettings.defaults().withMaxDepth(2);
    List<?> two = List.of(List.of(1));
    assertThat(attributes(encode(settings, d -> d.put("two", two))))
        .containsOnly(entry("two", two.stream().map(x -> List.of(1L)).toList()));

    assertThatThrownBy(() -> encode(settings, d -> d.put("three", List.of(two))))
        .hasMessageContaining("deeper than 2");
    assertThatThrownBy(
            () -> encode(settings, d -> d.payload(Map.of("a", Map.of("b", Map.of("c", 1))))))
        .hasMessageContaining("deeper than 2");
  }

  @Test
  void settingsOutOfRangeAreRefused() {
    EncoderSettings defaults = EncoderSettings.defaults();
    assertThatThrownBy(() -> defaults.withMaxAttributes(0)).hasMessageContaining("maxAttributes");
    assertThatThrownBy(() -> defaults.withMaxValueLength(0)).hasMessageContaining("maxValueLength");
    assertThatThrownBy(() -> defaults.withMaxDepth(32)).hasMessageContaining("maxDepth");
    assertThatThrownBy(() -> defaults.withPayloadKey(" ")).hasMessageContaining("payloadKey");
  }

  /** Values that never end and take no room are bounded like those that do. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatNeverEndsIsTooLargeInEveryMode() {
    record Endless(Iterable<Object> elements) {}
    for (PayloadMode mode : PayloadMode.values()) {
      for (Object element : new Object[] {1, Map.of(), List.of()}) {
        Iterable<Object> endless = () -> java.util.stream.Stream.generate(() -> element).iterator();
        for (Object payload : new Object[] {Map.of("e", endless), new Endless(endless), endless}) {
          EventEncoder encoder = Records.encoder(EncoderSettings.defaults().withMaxAttributes(1));
          EventDraft draft = encoder.newDraft();
          draft.begin("x");
          // Takes the only place, so that the payload is left out, which must end as well.
          if (mode == PayloadMode.FLAT) {
            draft.put("place", element != (Object) 1);
          }
          draft.payload(payload, mode);

          boolean encoded = encoder.encode(draft);

          assertThat(encoded && mode != PayloadMode.FLAT).as("%s %s", mode, payload).isFalse();
          assertThat(draft.bytes().length).isLessThanOrEqualTo(Records.MAX_SIZE + 8);
        }
      }
    }
  }

  @Test
  void aHugeValueIsRefusedWithoutBeingCopied() {
    String text = "x".repeat(100_000_000);
    byte[] bytes = new byte[100_000_000];
    record Pojo(Object value) {}
    List<java.util.function.Consumer<EventDraft>> events = new ArrayList<>();
    events.add(d -> d.put("t", text));
    events.add(d -> d.put("t", List.of(text)));
    events.add(d -> d.body(text));
    events.add(d -> d.payload(text));
    events.add(d -> d.payload(bytes, "application/json"));
    for (PayloadMode mode : PayloadMode.values()) {
      events.add(d -> d.payload(new Pojo(text), mode));
      events.add(d -> d.payload(new Pojo(bytes), mode));
      events.add(d -> d.payload(Map.of("b", bytes, "t", text), mode));
    }
    for (EncoderSettings settings :
        List.of(
            EncoderSettings.defaults(),
            EncoderSettings.defaults()
                .withRedaction(
                    List.of(
                        RedactionRule.maskText(java.util.regex.Pattern.compile("y")),
                        RedactionRule.mask("secret"))))) {
      EventEncoder encoder = Records.encoder(settings);
      EventDraft draft = encoder.newDraft();
      for (java.util.function.Consumer<EventDraft> event : events) {
        draft.begin("x");
        event.accept(draft);
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        assertThat(encoder.encode(draft)).isFalse();
        long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(allocated).isLessThan(20_000_000);
        draft.clear();
      }
    }
  }

  @Test
  void encodingScalarsAllocatesNothing() {
    EventEncoder encoder = Records.encoder(EncoderSettings.defaults());
    EventDraft draft = encoder.newDraft();
    long best = Long.MAX_VALUE;
    // Compilation may allocate on this thread's behalf, so the best round counts.
    for (int round = 0; round < 50 && best > 0; round++) {
      long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
      for (int i = 0; i < 2_000; i++) {
        draft.begin("order.placed");
        draft.body("Order was placed");
        draft.put("order.id", "o-1234 ß");
        draft.put("order.items", i);
        draft.put("order.total", i * 0.5);
        draft.put("order.gift", i % 2 == 0);
        encoder.encode(draft);
        draft.clear();
      }
      long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      best = Math.min(best, allocated);
    }
    assertThat(best).isZero();
  }
}
