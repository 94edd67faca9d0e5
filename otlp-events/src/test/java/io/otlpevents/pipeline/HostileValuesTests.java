package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventRecord;
import io.otlpevents.PayloadMode;
import io.otlpevents.encode.EncoderSettings;
import io.otlpevents.encode.RedactionRule;
import io.otlpevents.ledger.RejectReason;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Values that mean harm: each refused, counted once, and nothing of the caller's broken. */
class HostileValuesTests {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final ScriptedDestination destination = new ScriptedDestination("scripted");
  private final EventPipeline pipeline = EventPipeline.builder().destination(destination).build();

  @AfterEach
  void closePipeline() {
    pipeline.close(Duration.ZERO);
  }

  /** A bean whose getter refers to itself. */
  public static final class Cycle {
    public final String name = "cycle";

    public List<Cycle> getAgain() {
      return List.of(this);
    }
  }

  /** A bean with a getter that throws. */
  public static final class Throwing {
    public String getFirst() {
      return "first";
    }

    public String getSecond() {
      throw new IllegalStateException("getter");
    }
  }

  /** A bean with a getter that throws an error. */
  public static final class Failing {
    public String getValue() {
      throw new StackOverflowError("getter");
    }
  }

  /** Each level has a hundred of the next one. */
  public record Huge(int level) {
    public List<Huge> getMore() {
      List<Huge> more = new ArrayList<>();
      for (int i = 0; level > 0 && i < 100; i++) {
        more.add(new Huge(level - 1));
      }
      return more;
    }
  }

  private static final class ThrowingMap extends AbstractMap<String, Object> {
    @Override
    public Set<Entry<String, Object>> entrySet() {
      throw new AssertionError("map");
    }
  }

  @Test
  void eachIsRefusedAndCountedOnce() {
    Map<String, Object> cyclicMap = new HashMap<>();
    cyclicMap.put("list", List.of(cyclicMap));
    List<Object> cyclicList = new ArrayList<>();
    cyclicList.add(cyclicList);
    Map<Object, EmitResult> payloads = new LinkedHashMap<>();
    payloads.put(new Cycle(), EmitResult.ENCODING_FAILED);
    payloads.put(new Throwing(), EmitResult.ENCODING_FAILED);
    payloads.put(new Failing(), EmitResult.ENCODING_FAILED);
    payloads.put(new Huge(6), EmitResult.TOO_LARGE);
    payloads.put("x".repeat(50_000_000), EmitResult.TOO_LARGE);
    payloads.put(new byte[50_000_000], EmitResult.TOO_LARGE);
    payloads.put(List.of("ß".repeat(50_000_000)), EmitResult.TOO_LARGE);

    long emitted = 0;
    Map<RejectReason, Long> expected = new HashMap<>();
    for (PayloadMode mode : PayloadMode.values()) {
      for (Map.Entry<Object, EmitResult> payload : payloads.entrySet()) {
        EventBuilder event = pipeline.emitter().event("hostile").payload(payload.getKey(), mode);
        assertThat(event.emit())
            .as("%s %s", mode, payload.getKey().getClass())
            .isEqualTo(payload.getValue());
        expected.merge(RejectReason.valueOf(payload.getValue().name()), 1L, Long::sum);
        emitted++;
      }
      for (Object payload : new Object[] {cyclicMap, cyclicList, new ThrowingMap()}) {
        assertThat(pipeline.emitter().event("hostile").payload(payload, mode).emit())
            .isEqualTo(EmitResult.ENCODING_FAILED);
        assertThat(pipeline.emitter().event("hostile").attribute("a", payload).emit())
            .isEqualTo(EmitResult.ENCODING_FAILED);
        expected.merge(RejectReason.ENCODING_FAILED, 2L, Long::sum);
        emitted += 2;
      }
    }
    assertThat(pipeline.emitter().event("good").payload(new Huge(0)).emit())
        .isEqualTo(EmitResult.ACCEPTED);
    emitted++;

    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(destination.delivered).hasSize(1);
    assertThat(pipeline.ledger().snapshot().isBalanced()).isTrue();
    assertThat(pipeline.ledger().snapshot().emitted()).isEqualTo(emitted);
    assertThat(pipeline.ledger().snapshot().rejected()).containsAllEntriesOf(expected);
  }

  @Test
  void unpairedSurrogatesAndControlCharactersArriveAsValidText() {
    String text = "\ud83d \u0000\r\n\u001b[31m";
    pipeline.emitter().event("e").attribute("a", text).payload(Map.of("p", text)).emit();
    pipeline.emitter().event("e").payload(Map.of("p", text), PayloadMode.JSON_STRING).emit();
    pipeline.flush(LONG);

    assertThat(destination.delivered.get(0).getAttributes(0).getValue().getStringValue())
        .isEqualTo("? \u0000\r\n\u001b[31m");
    assertThat(destination.delivered.get(1).getBody().getStringValue())
        .isEqualTo("{\"p\":\"? \\u0000\\r\\n\\u001b[31m\"}");
  }

  @Test
  void aRecordCarriesItsPayloadModeAndTimes() {
    byte[] bytes = {1};
    EventRecord record =
        EventRecord.builder("e")
            .timestamp(Instant.ofEpochSecond(1))
            .observedTimestamp(Instant.ofEpochSecond(2))
            .payload(bytes, "application/x-one")
            .build();
    bytes[0] = 2;
    pipeline.emitter().emit(record);
    pipeline
        .emitter()
        .emit(EventRecord.builder("e").payload(Map.of("a", 1), PayloadMode.JSON_STRING).build());
    pipeline.flush(LONG);

    assertThat(destination.delivered.get(0).getTimeUnixNano()).isEqualTo(1_000_000_000L);
    assertThat(destination.delivered.get(0).getObservedTimeUnixNano()).isEqualTo(2_000_000_000L);
    assertThat(destination.delivered.get(0).getBody().getBytesValue().byteAt(0))
        .isEqualTo((byte) 1);
    assertThat(destination.delivered.get(1).getBody().getStringValue()).isEqualTo("{\"a\":1}");
  }

  @Test
  void theEnginesSettingsApply() {
    ScriptedDestination other = new ScriptedDestination("other");
    try (EventPipeline redacting =
        EventPipeline.builder()
            .destination(other)
            .encoding(EncoderSettings.defaults().withPayloadMode(PayloadMode.JSON_STRING))
            .payloadCodec((value, sink) -> sink.value("codec"))
            .redaction(List.of(RedactionRule.mask("secret")))
            .build()) {
      redacting.emitter().event("e").payload(Map.of("secret", 1, "x", new Cycle())).emit();
      redacting.flush(LONG);
    }
    assertThat(other.delivered.get(0).getBody().getStringValue())
        .contains("\"secret\":\"***\"")
        .contains("\"x\":\"codec\"");
  }
}
