package io.otlpevents.interop;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventEmitter;
import io.otlpevents.EventRecord;
import io.otlpevents.EventType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A random event: how it is emitted, and what must arrive, which is put together here without help
 * from the engine. Depends on nothing but the seed and its number.
 */
final class RandomEvent {

  /** The attribute with the event's number. */
  static final String NUMBER = "interop.number";

  private static final int LONGEST_STACK_TRACE = 16 * 1024;

  private final int number;
  private final Draw draw;
  private final String name;
  private final boolean asRecord;
  private final @Nullable Severity severity;
  private final @Nullable EventType type;
  private final @Nullable Instant time;
  private final @Nullable String body;
  private final @Nullable Throwable exception;
  private final @Nullable Context given;
  private final Context current;
  private final List<Attribute> attributes = new ArrayList<>();
  private final Map<String, Object> payload;
  private final Map<String, AnyValue> flatPayload = new LinkedHashMap<>();

  private RandomEvent(int number, Draw draw) {
    this.number = number;
    this.draw = draw;
    name = draw.oneIn(4) ? "a" + draw.text() : "shop.order." + draw.below(20);
    asRecord = draw.oneIn(4);
    severity = draw.oneIn(3) ? null : Severity.values()[draw.below(24) + 1];
    type = draw.oneIn(2) ? null : EventType.values()[draw.below(EventType.values().length)];
    time = draw.time();
    body = draw.oneIn(2) ? null : draw.text();
    exception = !asRecord && draw.oneIn(20) ? exception(draw.text()) : null;
    given = draw.oneIn(3) ? draw.context() : null;
    current = draw.oneIn(2) ? draw.context() : Context.root();
    int count = draw.oneIn(50) ? 100 : draw.below(12);
    for (int i = 0; i < count; i++) {
      attributes.add(draw.attribute("attribute." + i));
    }
    // Never more attributes than an event may have.
    payload = count < 100 && draw.oneIn(3) ? draw.payload("", 2, flatPayload) : Map.of();
  }

  static RandomEvent draw(long seed, int number) {
    // Drawn twice, because neighbouring seeds would give overlapping sequences.
    long mixed = new SplittableRandom(seed + number).nextLong();
    return new RandomEvent(number, new Draw(new SplittableRandom(mixed)));
  }

  private static Throwable exception(String message) {
    Throwable exception = new IllegalStateException(message);
    // One that does not depend on who draws the event.
    exception.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("shop.Checkout", "größe", "Checkout.java", 42),
          new StackTraceElement("shop.Shop", "main", null, -1),
        });
    return exception;
  }

  EmitResult emit(EventEmitter emitter) {
    return current.wrapSupplier(() -> asRecord ? emitRecord(emitter) : build(emitter)).get();
  }

  private EmitResult emitRecord(EventEmitter emitter) {
    EventRecord.Builder record =
        EventRecord.builder(name).attribute(NUMBER, number).body(body).payload(payload);
    for (Attribute attribute : attributes) {
      record.attribute(attribute.key, attribute.sample.given);
    }
    if (severity != null) {
      record.severity(severity);
    }
    if (type != null) {
      record.type(type);
    }
    if (time != null) {
      record.timestamp(time);
    }
    if (given != null) {
      record.context(given);
    }
    return emitter.emit(record.build());
  }

  private EmitResult build(EventEmitter emitter) {
    EventBuilder event = emitter.event(name).attribute(NUMBER, number).exception(exception);
    for (Attribute attribute : attributes) {
      attribute.set(event);
    }
    if (body != null && number % 2 == 0 && payload.isEmpty()) {
      event.payload(body);
    } else {
      event.body(body);
    }
    if (!payload.isEmpty()) {
      event.payload(payload);
    }
    if (severity != null) {
      event.severity(severity);
    }
    if (type != null) {
      event.type(type);
    }
    if (time != null) {
      event.timestamp(time);
    }
    if (given != null) {
      event.context(given);
    }
    return draw.oneIn(2) ? event.emit() : event.tryEmit();
  }

  /** Whether the event says itself when it happened; otherwise it happens when it is emitted. */
  boolean hasTime() {
    return time != null;
  }

  /** What must arrive, but for the observed time and the uid, which the engine makes. */
  LogRecord expected() {
    Map<String, AnyValue> expected = new LinkedHashMap<>();
    expected.put(NUMBER, AnyValue.newBuilder().setIntValue(number).build());
    if (exception != null) {
      StringWriter trace = new StringWriter();
      exception.printStackTrace(new PrintWriter(trace));
      String text = trace.toString();
      String kept = text.substring(0, Math.min(text.length(), LONGEST_STACK_TRACE));
      expected.put("error.type", Draw.any("java.lang.IllegalStateException"));
      expected.put("exception.type", Draw.any("java.lang.IllegalStateException"));
      expected.put("exception.message", Draw.any(String.valueOf(exception.getMessage())));
      expected.put("exception.stacktrace", Draw.any(kept));
    }
    for (Attribute attribute : attributes) {
      expected.put(attribute.key, attribute.sample.expected);
    }
    flatPayload.forEach(expected::putIfAbsent);
    if (type != null && type != EventType.CUSTOM) {
      expected.put("otlpevents.type", Draw.any(type.name().toLowerCase(Locale.ROOT)));
    }
    LogRecord.Builder record =
        LogRecord.newBuilder()
            .setEventName(Draw.wellFormed(name))
            .setSeverityNumberValue(severity == null ? 9 : severity.getSeverityNumber());
    if (time != null) {
      record.setTimeUnixNano(TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano());
    }
    if (body != null) {
      record.setBody(Draw.any(body));
    }
    SpanContext span = Span.fromContext(given != null ? given : current).getSpanContext();
    if (span.isValid()) {
      record
          .setTraceId(ByteString.copyFrom(span.getTraceIdBytes()))
          .setSpanId(ByteString.copyFrom(span.getSpanIdBytes()))
          .setFlags(Byte.toUnsignedInt(span.getTraceFlags().asByte()));
    }
    expected.forEach(
        (key, value) ->
            record.addAttributes(
                KeyValue.newBuilder().setKey(Draw.wellFormed(key)).setValue(value)));
    return record.build();
  }

  private record Sample(Object given, AnyValue expected) {}

  /** One attribute, and by which of the builder's methods it is set. */
  private record Attribute(String key, Sample sample, boolean asObject) {

    void set(EventBuilder event) {
      Object value = sample.given;
      if (asObject) {
        event.attribute(key, value);
      } else if (value instanceof String text) {
        event.attribute(AttributeKey.stringKey(key), text);
      } else if (value instanceof Long number) {
        event.attribute(key, number.longValue());
      } else if (value instanceof Double number) {
        event.attributes(Attributes.of(AttributeKey.doubleKey(key), number));
      } else if (value instanceof Boolean flag) {
        event.attribute(key, flag.booleanValue());
      } else if (value instanceof Value<?> any) {
        event.attribute(AttributeKey.valueKey(key), any);
      } else {
        event.attribute(key, value);
      }
    }
  }

  private enum Colour {
    RED,
    GREEN
  }

  /** Draws values together with what must arrive for them. */
  private static final class Draw {

    private static final String[] ALPHABETS = {
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
      " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}~",
      "\0\u0001\b\t\n\r\u001b\u007f\u0080\u009f\u00a0\u2028\u2029\ufeff\ufffd\uffff",
      "äöüßñéÅçøæœŁžğıĳЖдяλΩאבحديثहिन्दी",
      "漢字仮名交じり文한국어测试数据",
    };
    private static final String[] SYMBOLS = {
      "😀", "🛒", "👩‍👩‍👧‍👦", "🇩🇪", "𝄞", "𠜎", "\ud800"
    };
    private static final int[] LENGTHS = {0, 1, 2, 8, 15, 31, 64, 100, 126, 127, 128, 129, 300};
    private static final int[] LONG_LENGTHS = {4_096, 16_383, 16_384, 30_000};
    private static final long[] LONGS = {
      0, 1, -1, 127, 128, 1L << 53, (1L << 53) + 1, Long.MAX_VALUE, Long.MIN_VALUE
    };
    private static final double[] DOUBLES = {
      0.0,
      -0.0,
      1,
      0.1,
      1e21,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.MIN_VALUE,
      Double.MAX_VALUE
    };

    private final SplittableRandom random;

    Draw(SplittableRandom random) {
      this.random = random;
    }

    boolean oneIn(int n) {
      return random.nextInt(n) == 0;
    }

    int below(int n) {
      return random.nextInt(n);
    }

    @Nullable Instant time() {
      return switch (random.nextInt(6)) {
        case 0, 1, 2 -> null;
        case 3 -> Instant.ofEpochSecond(0, 1);
        case 4 -> Instant.parse("2261-12-31T23:59:59.999999999Z");
        default -> Instant.ofEpochSecond(random.nextLong(1, 1_767_225_600), below(1_000_000_000));
      };
    }

    Context context() {
      if (oneIn(4)) {
        return Context.root();
      }
      return Context.root()
          .with(
              Span.wrap(
                  SpanContext.create(
                      String.format("%016x%016x", random.nextLong(), random.nextLong() | 1),
                      String.format("%016x", random.nextLong() | 1),
                      TraceFlags.fromByte((byte) below(4)),
                      TraceState.getDefault())));
    }

    String text() {
      int[] lengths = oneIn(1_000) ? LONG_LENGTHS : LENGTHS;
      int length = lengths[below(lengths.length)];
      boolean mixed = oneIn(3);
      String alphabet = ALPHABETS[below(ALPHABETS.length)];
      StringBuilder text = new StringBuilder(length + 16);
      while (text.length() < length) {
        if (mixed && oneIn(5)) {
          text.append(SYMBOLS[below(SYMBOLS.length)]);
        } else {
          text.append(alphabet.charAt(below(alphabet.length())));
        }
      }
      return text.toString();
    }

    Attribute attribute(String key) {
      return new Attribute(oneIn(4) ? text() + key : key, value(2), oneIn(2));
    }

    private Sample value(int depth) {
      switch (below(depth > 0 ? 14 : 9)) {
        case 0:
          long number = oneIn(2) ? LONGS[below(LONGS.length)] : random.nextLong() >> below(64);
          return new Sample(number, AnyValue.newBuilder().setIntValue(number).build());
        case 1:
          double real =
              oneIn(2)
                  ? DOUBLES[below(DOUBLES.length)]
                  : Double.longBitsToDouble(random.nextLong());
          return new Sample(real, AnyValue.newBuilder().setDoubleValue(real).build());
        case 2:
          boolean flag = random.nextBoolean();
          return new Sample(flag, AnyValue.newBuilder().setBoolValue(flag).build());
        case 3:
          byte[] bytes = new byte[below(300)];
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) below(256);
          }
          return new Sample(
              oneIn(2) ? bytes : Value.of(bytes),
              AnyValue.newBuilder().setBytesValue(ByteString.copyFrom(bytes)).build());
        case 4:
          Colour colour = oneIn(2) ? Colour.RED : Colour.GREEN;
          return new Sample(colour, any(colour == Colour.RED ? "RED" : "GREEN"));
        case 5:
          Object printed =
              oneIn(2)
                  ? new UUID(random.nextLong(), random.nextLong())
                  : BigDecimal.valueOf(random.nextLong(), 2);
          return new Sample(printed, any(printed.toString()));
        case 6, 7, 8:
          String text = text();
          return new Sample(text, any(text));
        case 9:
          return list(depth - 1);
        case 10:
          return map(depth - 1);
        case 11:
          long[] longs = {Long.MIN_VALUE, below(100), Long.MAX_VALUE};
          ArrayValue.Builder numbers = ArrayValue.newBuilder();
          for (long element : longs) {
            numbers.addValues(AnyValue.newBuilder().setIntValue(element));
          }
          return new Sample(longs, AnyValue.newBuilder().setArrayValue(numbers).build());
        case 12:
          String[] texts = {text(), "", text()};
          return new Sample(texts, array(List.of(any(texts[0]), any(texts[1]), any(texts[2]))));
        default:
          String nested = text();
          return new Sample(
              Value.of(Value.of(nested), Value.of(Map.of("key", Value.of(true)))),
              array(
                  List.of(
                      any(nested),
                      pairs(Map.of("key", AnyValue.newBuilder().setBoolValue(true).build())))));
      }
    }

    private Sample list(int depth) {
      List<@Nullable Object> given = new ArrayList<>();
      List<AnyValue> expected = new ArrayList<>();
      for (int i = below(4); i > 0; i--) {
        Sample element = value(depth);
        given.add(element.given);
        expected.add(element.expected);
      }
      if (oneIn(5)) {
        given.add(null);
        expected.add(AnyValue.getDefaultInstance());
      }
      return new Sample(oneIn(2) ? given : given.toArray(), array(expected));
    }

    private Sample map(int depth) {
      Map<String, Object> given = new LinkedHashMap<>();
      Map<String, AnyValue> expected = new LinkedHashMap<>();
      for (int i = below(4); i > 0; i--) {
        String key = text() + '#' + i;
        Sample value = value(depth);
        given.put(key, value.given);
        expected.put(key, value.expected);
      }
      return new Sample(given, pairs(expected));
    }

    Map<String, Object> payload(String prefix, int depth, Map<String, AnyValue> flat) {
      Map<String, Object> payload = new LinkedHashMap<>();
      for (int i = 0; i < 4; i++) {
        // Some of these are attributes of the event's own, too, which win.
        String key = depth == 2 && oneIn(4) ? "attribute." + i : oneIn(2) ? "größe" + i : "p" + i;
        if (depth > 0 && oneIn(3)) {
          payload.put(key, payload(prefix + key + '.', depth - 1, flat));
        } else {
          Sample sample = value(1);
          while (sample.given instanceof Map) {
            sample = value(1);
          }
          payload.put(key, sample.given);
          flat.put(prefix + key, sample.expected);
        }
      }
      return payload;
    }

    /** A text as UTF-8 can carry it; an unpaired surrogate becomes a question mark. */
    static String wellFormed(String text) {
      return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    static AnyValue any(String text) {
      return AnyValue.newBuilder().setStringValue(wellFormed(text)).build();
    }

    private static AnyValue array(List<AnyValue> values) {
      return AnyValue.newBuilder()
          .setArrayValue(ArrayValue.newBuilder().addAllValues(values))
          .build();
    }

    private static AnyValue pairs(Map<String, AnyValue> values) {
      KeyValueList.Builder list = KeyValueList.newBuilder();
      values.forEach(
          (key, value) ->
              list.addValues(KeyValue.newBuilder().setKey(wellFormed(key)).setValue(value)));
      return AnyValue.newBuilder().setKvlistValue(list).build();
    }
  }
}
