package io.otlpevents.encode;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.otlpevents.EventType;
import io.otlpevents.PayloadMode;
import io.otlpevents.SpanSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns drafts into the bytes of OTLP {@code LogRecord}s. Safe for any number of threads, each with
 * a draft of its own.
 *
 * <p>Attributes of the event come first; the payload's entries and the default attributes only fill
 * in what the event does not set. Limits and redaction apply to all three. Every record carries
 * {@value #RECORD_UID}, by which a receiver can remove a record that was sent twice.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/logs/data-model/">Logs data model</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/general/logs/">Semantic conventions for
 *     logs: log.record.uid</a>
 */
public final class EventEncoder {

  /** The attribute with the record's unique id, a UUID of version 7. */
  public static final String RECORD_UID = "log.record.uid";

  private static final Logger logger = LoggerFactory.getLogger(EventEncoder.class);
  private static final String EXCEPTION_MESSAGE = "exception.message";
  private static final String EXCEPTION_STACKTRACE = "exception.stacktrace";

  private static final byte[] UID_PREFIX = uidPrefix();
  private static final byte[][] TYPES = types();

  private final int start;
  private final int maxEventSize;
  private final EncoderSettings settings;
  private final EncodingRules rules;
  private final @Nullable Redaction redaction;
  private final int maxValueLength;
  private final LongSupplier epochNanos;
  private final @Nullable SpanSource spans;
  private final List<DefaultAttribute> defaults;
  private final TextCache keys;
  private final AtomicBoolean toldAboutCodec = new AtomicBoolean();
  private final TextCache names = new TextCache(Otlp.RECORD_EVENT_NAME);

  /**
   * @param start how many bytes to leave free in front of each record
   * @param maxEventSize the largest record, in bytes
   * @param settings limits, redaction and the form of payloads
   * @param defaultAttributes attributes of every event
   * @param epochNanos the wall clock, in nanoseconds since 1970
   */
  public EventEncoder(
      int start,
      int maxEventSize,
      EncoderSettings settings,
      Attributes defaultAttributes,
      LongSupplier epochNanos) {
    this(start, maxEventSize, settings, defaultAttributes, epochNanos, null);
  }

  /**
   * Creates an encoder that asks for the span of each event.
   *
   * @param spans null for the span of OpenTelemetry's context; for the others see above
   */
  public EventEncoder(
      int start,
      int maxEventSize,
      EncoderSettings settings,
      Attributes defaultAttributes,
      LongSupplier epochNanos,
      @Nullable SpanSource spans) {
    this.start = start;
    this.spans = spans;
    this.maxEventSize = maxEventSize;
    this.settings = settings;
    this.rules = EncodingRules.of(settings, maxEventSize);
    this.redaction = rules.redaction();
    this.maxValueLength = settings.maxValueLength();
    this.keys = rules.keys();
    this.epochNanos = epochNanos;
    this.defaults = encode(defaultAttributes);
  }

  EventEncoder(
      int start,
      int maxEventSize,
      int maxAttributes,
      Attributes defaultAttributes,
      LongSupplier epochNanos) {
    this(
        start,
        maxEventSize,
        EncoderSettings.defaults().withMaxAttributes(maxAttributes),
        defaultAttributes,
        epochNanos);
  }

  /** A draft that fits this encoder. */
  public EventDraft newDraft() {
    return newDraft(null);
  }

  /**
   * A draft that fits this encoder.
   *
   * @param companion what whoever makes the draft wants to keep with it
   */
  public EventDraft newDraft(@Nullable Object companion) {
    return new EventDraft(start + maxEventSize, rules, spans, companion);
  }

  /**
   * Encodes a draft that has a name into its own buffer.
   *
   * @return false if the record would be larger than allowed
   * @throws RuntimeException whatever a value of the caller's throws while it is read
   */
  public boolean encode(EventDraft draft) {
    draft.startEncoding(start);
    try {
      write(draft);
      // Whoever writes values may have caught it.
      return !draft.out.full;
    } catch (Throwable e) {
      return endFailed(draft, e);
    }
  }

  /** Apart, because what is inlined where events are emitted has to stay small. */
  private static boolean endFailed(EventDraft draft, Throwable e) {
    if (e instanceof WireBuffer.LimitExceeded || draft.out.full) {
      // As it is, or within what a codec made of it.
      return false;
    }
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof RuntimeException exception) {
      throw exception;
    }
    throw new IllegalStateException(e);
  }

  private void write(EventDraft draft) throws Exception {
    WireBuffer out = draft.out;
    long now = epochNanos.getAsLong();

    out.ensure(64);
    out.writeByte(Otlp.RECORD_TIME);
    out.writeFixed64(draft.timeNanos > 0 ? draft.timeNanos : now);
    out.writeByte(Otlp.RECORD_OBSERVED_TIME);
    out.writeFixed64(draft.observedNanos > 0 ? draft.observedNanos : now);
    out.writeByte(Otlp.RECORD_SEVERITY);
    out.writeVarint(draft.severity);
    String name = draft.name;
    if (name != null) {
      out.writeBytes(names.field(name));
    }
    writeSpan(out, draft.spanContext());
    Object payload = draft.payload;
    String body = draft.body;
    if (body != null && (payload == null || !takesTheBody(draft, payload))) {
      int message = out.beginMessage(Otlp.RECORD_BODY);
      out.writeString(Otlp.VALUE_STRING, redaction == null ? body : redactText(out, body));
      out.endMessage(message);
    }
    int own = draft.ownCount();
    for (int i = 0; i < own; i++) {
      writeAttribute(draft, out, i);
    }
    if (payload != null) {
      writePayload(draft, out, payload);
    }
    // A payload is the event's own, so its entries win over what enrichers have added.
    for (int i = own, end = draft.count; i < end; i++) {
      if (!draft.isInPayload(draft.keys[i])) {
        writeAttribute(draft, out, i);
      }
    }
    writeUid(draft, out, now);
    EventType type = draft.type;
    boolean typed = type != null && type != EventType.CUSTOM;
    if (type != null && type != EventType.CUSTOM && !draft.hasWritten(EventType.ATTRIBUTE)) {
      out.writeBytes(TYPES[type.ordinal()]);
    }
    for (int i = 0, end = defaults.size(); i < end; i++) {
      DefaultAttribute attribute = defaults.get(i);
      if (!draft.hasWritten(attribute.key) && !(typed && attribute.isType)) {
        out.writeBytes(attribute.field);
      }
    }
    if (draft.dropped > 0) {
      out.writeByte(Otlp.RECORD_DROPPED_ATTRIBUTES);
      out.writeVarint(draft.dropped);
    }
  }

  private static void writeSpan(WireBuffer out, SpanContext span) {
    if (!span.isValid()) {
      return;
    }
    out.ensure(40);
    out.writeByte(Otlp.RECORD_TRACE_ID);
    writeHex(out, span.getTraceId());
    out.writeByte(Otlp.RECORD_SPAN_ID);
    writeHex(out, span.getSpanId());
    int flags = span.getTraceFlags().asByte() & 0xFF;
    if (flags != 0) {
      out.writeByte(Otlp.RECORD_FLAGS);
      out.writeFixed32(flags);
    }
  }

  /** Valid ids are lower-case hexadecimal, so nothing needs to be checked. */
  private static void writeHex(WireBuffer out, String hex) {
    int length = hex.length() / 2;
    out.writeByte(length);
    byte[] target = out.bytes;
    int at = out.position;
    for (int i = 0; i < length; i++) {
      target[at + i] = (byte) (nibble(hex.charAt(2 * i)) << 4 | nibble(hex.charAt(2 * i + 1)));
    }
    out.position = at + length;
  }

  private static int nibble(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
  }

  /** Whether a display text has no place beside this payload. */
  private boolean takesTheBody(EventDraft draft, Object payload) {
    PayloadMode mode = modeOf(draft);
    if (payload instanceof CharSequence) {
      return mode != PayloadMode.NESTED_ATTRIBUTE;
    }
    return payload instanceof byte[]
        || mode == PayloadMode.STRUCTURED_BODY
        || mode == PayloadMode.JSON_STRING;
  }

  private PayloadMode modeOf(EventDraft draft) {
    PayloadMode mode = draft.payloadMode;
    return mode != null ? mode : settings.payloadMode();
  }

  private void writePayload(EventDraft draft, WireBuffer out, Object payload) throws Exception {
    PayloadMode mode = modeOf(draft);
    if (ValueWriter.isUnknown(payload)) {
      writeObject(draft, out, payload, mode, true);
      return;
    }
    if (payload instanceof byte[] bytes) {
      writeBinary(draft, out, bytes);
      return;
    }
    if (payload instanceof CharSequence text) {
      if (mode != PayloadMode.NESTED_ATTRIBUTE) {
        int body = out.beginMessage(Otlp.RECORD_BODY);
        writeDocument(draft, out, text.toString(), Otlp.VALUE_STRING);
        out.endMessage(body);
      } else if (draft.entriesSink().beginAttribute(settings.payloadKey())) {
        writeDocument(draft, out, text.toString(), Otlp.VALUE_STRING);
        draft.entriesSink().endValue();
      }
      return;
    }
    boolean named =
        !(payload instanceof Iterable || payload.getClass().isArray() || payload instanceof Number);
    writeObject(draft, out, payload, mode, named);
  }

  /**
   * @param named whether the payload has names for what is in it
   */
  private void writeObject(
      EventDraft draft, WireBuffer out, Object payload, PayloadMode mode, boolean named)
      throws Exception {
    switch (mode) {
      case FLAT -> {
        Redaction.Decision decision = named ? Redaction.KEEP : decide(settings.payloadKey());
        writeValue(draft.entriesSink(), null, decision, payload);
      }
      case NESTED_ATTRIBUTE -> {
        String key = settings.payloadKey();
        Redaction.Decision decision = decide(key);
        OtlpSink attribute = draft.entriesSink();
        if (!decision.drops() && attribute.beginAttribute(key)) {
          writeValue(draft.wholeSink(), key, decision, payload);
          attribute.endValue();
        }
      }
      case STRUCTURED_BODY -> {
        int body = out.beginMessage(Otlp.RECORD_BODY);
        writeValue(draft.wholeSink(), null, Redaction.KEEP, payload);
        out.endMessage(body);
      }
      case JSON_STRING -> {
        int body = out.beginMessage(Otlp.RECORD_BODY);
        int text = out.beginMessage(Otlp.VALUE_STRING);
        writeValue(draft.jsonSink(), null, Redaction.KEEP, payload);
        out.endMessage(text);
        out.endMessage(body);
      }
    }
  }

  private void writeValue(
      ValueSink sink, @Nullable String path, Redaction.Decision decision, Object payload)
      throws Exception {
    PayloadCodec codec = rules.codec();
    if (codec == null && ValueWriter.needsCodec(payload)) {
      if (toldAboutCodec.compareAndSet(false, true)) {
        logger.warn(
            "A payload of {} cannot be recorded: put tools.jackson.core:jackson-databind on the"
                + " class path, set a payload codec, or use a Map",
            payload.getClass().getName());
      }
      throw new IllegalStateException("no codec for payloads");
    }
    sink.begin(path, decision);
    ValueWriter.write(sink, payload, codec);
    sink.end();
  }

  private Redaction.Decision decide(String key) {
    return redaction == null ? Redaction.KEEP : redaction.decide(key);
  }

  /** Writes bytes as the body, and their content type as an attribute. */
  private void writeBinary(EventDraft draft, WireBuffer out, byte[] bytes) throws Exception {
    String type = draft.contentType;
    if (type != null && !type.isEmpty()) {
      String key = settings.payloadKey() + ".content_type";
      OtlpSink entries = draft.entriesSink();
      if (entries.beginAttribute(key)) {
        out.writeString(Otlp.VALUE_STRING, type);
        entries.endValue();
      }
    }
    Redaction.Decision decision = decide(settings.payloadKey());
    if (decision.drops()) {
      return;
    }
    int body = out.beginMessage(Otlp.RECORD_BODY);
    if (!decision.keeps()) {
      out.writeString(Otlp.VALUE_STRING, decision.replace(bytes));
    } else if (redaction != null && isJson(type)) {
      out.ensure(bytes.length / 8);
      writeDocument(draft, out, new String(bytes, StandardCharsets.UTF_8), Otlp.VALUE_BYTES);
    } else {
      out.writeByte(Otlp.VALUE_BYTES);
      out.writeVarint(bytes.length);
      out.writeBytes(bytes);
    }
    out.endMessage(body);
  }

  private static boolean isJson(@Nullable String contentType) {
    return contentType != null && contentType.toLowerCase(Locale.ROOT).contains("json");
  }

  /** Writes a text; one that looks like JSON is written anew if rules have to look into it. */
  private void writeDocument(EventDraft draft, WireBuffer out, String text, int tag)
      throws Exception {
    Redaction rules = redaction;
    if (rules == null) {
      out.writeString(tag, text);
      return;
    }
    Redaction.Decision decision = rules.decide(settings.payloadKey());
    if (!decision.keeps()) {
      out.writeString(tag, decision.drops() ? "" : decision.replace(text));
    } else if (tag == Otlp.VALUE_STRING && !(rules.hasKeys() && looksLikeJson(text))) {
      out.writeString(tag, redactText(out, text));
    } else {
      writeJsonAnew(draft, out, text, tag);
    }
  }

  private static boolean looksLikeJson(String text) {
    String start = text.stripLeading();
    return !start.isEmpty() && (start.charAt(0) == '{' || start.charAt(0) == '[');
  }

  private void writeJsonAnew(EventDraft draft, WireBuffer out, String text, int tag) {
    int start = out.position;
    try {
      PayloadCodec codec = rules.codec();
      if (codec == null) {
        throw new IllegalStateException("nothing here reads JSON");
      }
      int message = out.beginMessage(tag);
      JsonSink sink = draft.jsonSink();
      sink.begin(null, Redaction.KEEP);
      codec.writeJson(text, sink);
      sink.end();
      out.endMessage(message);
    } catch (Exception e) {
      if (out.full) {
        throw WireBuffer.LimitExceeded.INSTANCE;
      }
      out.position = start;
      out.writeString(tag, RedactionRule.MASK);
    }
  }

  private String redactText(WireBuffer out, String text) {
    Redaction rules = redaction;
    if (rules == null) {
      return text;
    }
    if (text.length() > maxEventSize) {
      // Does not fit anyway: do not search it first.
      throw out.limitExceeded();
    }
    return rules.text(text);
  }

  private void writeAttribute(EventDraft draft, WireBuffer out, int index) throws Exception {
    if (redaction != null && writeRedacted(draft, out, index, redaction)) {
      return;
    }
    byte[] key = draft.keyFields[index];
    if (key == null) {
      key = keys.field(draft.keys[index]);
      draft.keyFields[index] = key;
    }
    switch (draft.kinds[index]) {
      case EventDraft.STRING -> {
        String text = String.valueOf(draft.values[index]);
        Fields.text(
            out,
            Otlp.RECORD_ATTRIBUTE,
            key,
            text.length() > maxValueLength ? rules.cut(text) : text);
      }
      case EventDraft.LONG -> Fields.integer(out, Otlp.RECORD_ATTRIBUTE, key, draft.bits[index]);
      case EventDraft.DOUBLE -> Fields.floating(out, Otlp.RECORD_ATTRIBUTE, key, draft.bits[index]);
      case EventDraft.BOOLEAN ->
          Fields.truth(out, Otlp.RECORD_ATTRIBUTE, key, draft.bits[index] != 0);
      default -> writeObject(draft, out, index, key, Redaction.KEEP);
    }
  }

  private static void writeObject(
      EventDraft draft, WireBuffer out, int index, byte[] key, Redaction.Decision decision)
      throws Exception {
    int attribute = out.beginMessage(Otlp.RECORD_ATTRIBUTE);
    out.writeBytes(key);
    int any = out.beginMessage(Otlp.VALUE);
    OtlpSink sink = draft.wholeSink();
    sink.begin(draft.keys[index], decision);
    ValueWriter.write(sink, draft.values[index], null);
    sink.end();
    out.endMessage(any);
    out.endMessage(attribute);
  }

  /** Writes an attribute that rules have something to say about; false if they have not. */
  private boolean writeRedacted(EventDraft draft, WireBuffer out, int index, Redaction rules)
      throws Exception {
    String key = draft.keys[index];
    Redaction.Decision decision = rules.decide(key);
    if (decision.drops()) {
      return true;
    }
    byte kind = draft.kinds[index];
    if (kind == EventDraft.OBJECT) {
      writeObject(draft, out, index, keys.field(key), decision);
      return true;
    }
    String text =
        switch (kind) {
          case EventDraft.LONG -> Long.toString(draft.bits[index]);
          case EventDraft.DOUBLE -> Double.toString(Double.longBitsToDouble(draft.bits[index]));
          case EventDraft.BOOLEAN -> Boolean.toString(draft.bits[index] != 0);
          default -> String.valueOf(draft.values[index]);
        };
    if (!decision.keeps()) {
      Fields.text(out, Otlp.RECORD_ATTRIBUTE, keys.field(key), decision.replace(text));
      return true;
    }
    if (kind != EventDraft.STRING) {
      return false;
    }
    if (key.equals(EXCEPTION_STACKTRACE) && !rules.decide(EXCEPTION_MESSAGE).keeps()) {
      text = StackTraces.withoutMessages(text);
    }
    Fields.text(out, Otlp.RECORD_ATTRIBUTE, keys.field(key), this.rules.cut(redactText(out, text)));
    return true;
  }

  private static void writeUid(EventDraft draft, WireBuffer out, long now) {
    if (draft.hasWritten(RECORD_UID)) {
      return;
    }
    out.ensure(UID_PREFIX.length + UniqueIds.LENGTH);
    out.writeBytes(UID_PREFIX);
    draft.uniqueIds.write(out.bytes, out.position, now / 1_000_000);
    out.position += UniqueIds.LENGTH;
  }

  private static byte[] uidPrefix() {
    WireBuffer buffer = new WireBuffer(1024);
    byte[] key = new TextCache(Otlp.KEY).field(RECORD_UID);
    Fields.beginText(buffer, Otlp.RECORD_ATTRIBUTE, key, UniqueIds.LENGTH);
    return buffer.copyFrom(0);
  }

  private static byte[][] types() {
    EventType[] types = EventType.values();
    byte[][] fields = new byte[types.length][];
    for (EventType type : types) {
      fields[type.ordinal()] = attribute(Otlp.RECORD_ATTRIBUTE, EventType.ATTRIBUTE, type.value());
    }
    return fields;
  }

  private List<DefaultAttribute> encode(Attributes attributes) {
    List<DefaultAttribute> encoded = new ArrayList<>();
    for (Map.Entry<AttributeKey<?>, Object> attribute : attributes.asMap().entrySet()) {
      String key = attribute.getKey().getKey();
      Redaction.Decision decision = decide(key);
      // One id for all events would make them duplicates of one another.
      if (!key.equals(RECORD_UID) && !decision.drops()) {
        byte[] field = attribute(rules, Otlp.RECORD_ATTRIBUTE, key, attribute.getValue(), decision);
        encoded.add(new DefaultAttribute(key, field, key.equals(EventType.ATTRIBUTE)));
      }
    }
    return List.copyOf(encoded);
  }

  static byte[] attribute(int tag, String key, Object value) {
    EncodingRules none = EncodingRules.of(EncoderSettings.defaults(), Integer.MAX_VALUE);
    return attribute(none, tag, key, value, Redaction.KEEP);
  }

  private static byte[] attribute(
      EncodingRules rules, int tag, String key, Object value, Redaction.Decision decision) {
    EventDraft draft = new EventDraft(Integer.MAX_VALUE, rules, null, null);
    WireBuffer out = draft.out;
    int attribute = out.beginMessage(tag);
    out.writeString(Otlp.KEY, key);
    int any = out.beginMessage(Otlp.VALUE);
    OtlpSink sink = draft.wholeSink();
    sink.begin(key, decision);
    try {
      ValueWriter.write(sink, value, null);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
    out.endMessage(any);
    out.endMessage(attribute);
    return out.copyFrom(0);
  }

  static byte[] text(int tag, String text) {
    WireBuffer buffer = new WireBuffer(Integer.MAX_VALUE);
    buffer.writeByte(tag);
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    buffer.writeVarint(utf8.length);
    buffer.writeBytes(utf8);
    return buffer.copyFrom(0);
  }

  private record DefaultAttribute(String key, byte[] field, boolean isType) {}
}
