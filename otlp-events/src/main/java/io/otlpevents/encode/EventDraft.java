package io.otlpevents.encode;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.otlpevents.EventType;
import io.otlpevents.PayloadMode;
import io.otlpevents.SensitiveValue;
import io.otlpevents.SpanSource;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An event while its values are collected, and the bytes it becomes. Made to be used again, so that
 * an event costs no allocation; for one thread at a time.
 *
 * <p>Values are kept as they were given until {@link EventEncoder#encode} turns them into bytes and
 * lets go of them. Keys are remembered: applications set the same ones in the same order each time,
 * and then neither duplicates need to be looked for nor keys to be encoded again.
 */
public final class EventDraft {

  static final byte STRING = 0;
  static final byte LONG = 1;
  static final byte DOUBLE = 2;
  static final byte BOOLEAN = 3;
  static final byte OBJECT = 4;

  private static final int INITIAL = 16;

  private final int attributeLimit;
  private final @Nullable Object companion;
  final WireBuffer out;
  final UniqueIds uniqueIds = new UniqueIds();

  @Nullable String name;
  int severity;
  @Nullable EventType type;
  long timeNanos;
  @Nullable String body;
  long observedNanos;
  @Nullable Object payload;
  @Nullable PayloadMode payloadMode;
  @Nullable String contentType;
  @Nullable Context context;
  private double share = 1;

  int count;
  int dropped;
  String[] keys = new String[INITIAL];

  /** The encoded form of the key at the same index; null if it is not known yet. */
  byte[] @Nullable [] keyFields = new byte[INITIAL][];

  int[] hashes = new int[INITIAL];
  byte[] kinds = new byte[INITIAL];
  long[] bits = new long[INITIAL];
  @Nullable Object[] values = new Object[INITIAL];

  private final EncodingRules rules;
  private final @Nullable SpanSource spans;
  private @Nullable OtlpSink whole;
  private @Nullable OtlpSink entries;
  private @Nullable JsonSink json;
  private int start;

  /** How many of the keys stem from one event, so that none of them is there twice. */
  private int remembered;

  /** Whether the keys of this event so far are those remembered. */
  private boolean inOrder = true;

  // Attributes of enrichers lie between these indexes; both 0 while there are none.
  private int enrichedFrom;
  private int enrichedTo;

  EventDraft(
      int maxBytes, EncodingRules rules, @Nullable SpanSource spans, @Nullable Object companion) {
    this.companion = companion;
    this.spans = spans;
    this.out = new WireBuffer(maxBytes);
    this.attributeLimit = rules.settings().maxAttributes();
    this.rules = rules;
  }

  /** Starts an event. */
  public void begin(@Nullable String name) {
    this.name = name;
    severity = Severity.INFO.getSeverityNumber();
    timeNanos = 0;
    observedNanos = 0;
  }

  /** Sets the severity number of the OpenTelemetry logs data model, 1 to 24. */
  public void severity(int number) {
    severity = number;
  }

  /** Sets the kind of event; null for none. */
  public void type(@Nullable EventType type) {
    this.type = type;
  }

  /** Sets when the event happened, in nanoseconds since 1970; zero or less for now. */
  public void timestamp(long epochNanos) {
    timeNanos = epochNanos;
  }

  /** Sets when the event was observed, in nanoseconds since 1970; zero or less for now. */
  public void observedTimestamp(long epochNanos) {
    observedNanos = epochNanos;
  }

  /** Sets the display text. */
  public void body(@Nullable String body) {
    this.body = body;
  }

  /** Sets the payload with the mode that the engine has been given; null for none. */
  public void payload(@Nullable Object payload) {
    payload(payload, null);
  }

  /** Sets the share of such events to keep, 0 to 1. */
  public void sample(double ratio) {
    share = ratio >= 0 && ratio < 1 ? ratio : 1;
  }

  /** The share of such events to keep. */
  public double share() {
    return share;
  }

  /** Sets the payload; null as the mode for the engine's. */
  public void payload(@Nullable Object payload, @Nullable PayloadMode mode) {
    this.payload =
        payload instanceof SensitiveValue sensitive ? rules.withheld(sensitive) : payload;
    payloadMode = mode;
    contentType = null;
  }

  /** Sets a payload of bytes. */
  public void payload(byte @Nullable [] payload, @Nullable String contentType) {
    this.payload = payload;
    payloadMode = null;
    this.contentType = contentType;
  }

  /** Sets where the span comes from; null for the current context. */
  public void context(@Nullable Context context) {
    this.context = context;
  }

  /** Sets a text attribute. */
  public void put(@Nullable String key, @Nullable String value) {
    if (value != null) {
      put(key, STRING, 0, value);
    }
  }

  /** Sets an integer attribute. */
  public void put(@Nullable String key, long value) {
    put(key, LONG, value, null);
  }

  /** Sets a floating-point attribute. */
  public void put(@Nullable String key, double value) {
    put(key, DOUBLE, Double.doubleToRawLongBits(value), null);
  }

  /** Sets a boolean attribute. */
  public void put(@Nullable String key, boolean value) {
    put(key, BOOLEAN, value ? 1 : 0, null);
  }

  /** Sets an attribute of any kind; see {@link ValueWriter}. */
  public void put(@Nullable String key, @Nullable Object value) {
    if (value instanceof String text) {
      put(key, STRING, 0, text);
    } else if (value instanceof Optional<?> optional) {
      put(key, optional.orElse(null));
    } else if (value instanceof SensitiveValue sensitive) {
      put(key, rules.withheld(sensitive));
    } else if (value != null) {
      put(key, OBJECT, 0, value);
    }
  }

  /**
   * Sets an attribute that tells how the event was sampled, beyond the limit on attributes: without
   * it, the event would count for less than it stands for.
   */
  public void stamp(String key, Object value) {
    boolean text = value instanceof String;
    put(key, text ? STRING : OBJECT, 0, value, Integer.MAX_VALUE);
  }

  private void put(@Nullable String key, byte kind, long scalar, @Nullable Object value) {
    put(key, kind, scalar, value, attributeLimit);
  }

  private void put(
      @Nullable String key, byte kind, long scalar, @Nullable Object value, int limit) {
    if (key == null || key.isEmpty()) {
      dropped++;
      return;
    }
    int index = count;
    if (inOrder && index < remembered && keys[index] == key) {
      count = index + 1;
    } else {
      index = place(key, limit);
      if (index < 0) {
        dropped++;
        return;
      }
    }
    kinds[index] = kind;
    bits[index] = scalar;
    values[index] = value;
  }

  /**
   * Where an attribute goes: over the one with the same key, or behind the last; -1 for nowhere.
   */
  private int place(String key, int limit) {
    int hash = key.hashCode();
    int index = indexOf(key, hash);
    if (index >= 0) {
      return index;
    }
    if (count >= limit) {
      return -1;
    }
    inOrder = false;
    if (count == keys.length) {
      grow();
    }
    index = count++;
    keys[index] = key;
    keyFields[index] = null;
    hashes[index] = hash;
    return index;
  }

  /** The event's name; null before {@link #begin}. */
  public @Nullable String name() {
    return name;
  }

  /** The severity number. */
  public int severity() {
    return severity;
  }

  /** The kind of event; null for none. */
  public @Nullable EventType type() {
    return type;
  }

  /** The span the event belongs to, invalid for none. */
  public SpanContext spanContext() {
    Context given = context;
    SpanSource source = spans;
    if (source != null) {
      return source.spanContext(given);
    }
    return Span.fromContext(given != null ? given : Context.current()).getSpanContext();
  }

  /** The value of an attribute that was put, scalars boxed; null if there is none. */
  public @Nullable Object get(String key) {
    int index = indexOf(key, key.hashCode());
    if (index < 0) {
      return null;
    }
    return switch (kinds[index]) {
      case LONG -> bits[index];
      case DOUBLE -> Double.longBitsToDouble(bits[index]);
      case BOOLEAN -> bits[index] != 0;
      default -> values[index];
    };
  }

  /** What is put from now on is not the event's own: its payload wins over it. */
  public void beginEnriching() {
    enrichedFrom = count;
    enrichedTo = Integer.MAX_VALUE;
  }

  /** Ends what {@link #beginEnriching} began. */
  public void endEnriching() {
    enrichedTo = count;
  }

  /** How many attributes, from the first, are the event's own and not an enricher's. */
  int ownCount() {
    return enrichedTo == 0 ? count : enrichedFrom;
  }

  /** A bit for each of the event's own keys, by its hash. */
  long ownBits() {
    long set = 0;
    for (int i = 0, end = ownCount(); i < end; i++) {
      set |= 1L << hashes[i];
    }
    return set;
  }

  /** Whether the event itself has an attribute with this key. */
  boolean hasOwn(String key) {
    int index = indexOf(key, key.hashCode());
    return index >= 0 && index < ownCount();
  }

  /** Whether the payload, as far as it is written, has an entry that became this attribute. */
  boolean isInPayload(String key) {
    return entries != null && entries.hasAttribute(key);
  }

  /** Whether an attribute with this key was put. */
  public boolean has(String key) {
    return indexOf(key, key.hashCode()) >= 0;
  }

  private int indexOf(String key, int hash) {
    int[] candidates = hashes;
    for (int i = 0, end = count; i < end; i++) {
      if (candidates[i] == hash && keys[i].equals(key)) {
        return i;
      }
    }
    return -1;
  }

  private void grow() {
    int length = keys.length * 2;
    keys = Arrays.copyOf(keys, length);
    keyFields = Arrays.copyOf(keyFields, length);
    hashes = Arrays.copyOf(hashes, length);
    kinds = Arrays.copyOf(kinds, length);
    bits = Arrays.copyOf(bits, length);
    values = Arrays.copyOf(values, length);
  }

  void startEncoding(int start) {
    this.start = start;
    out.reset(start);
    if (entries != null) {
      entries.forgetAttributes();
    }
  }

  /** Writes whole values. */
  OtlpSink wholeSink() {
    OtlpSink sink = whole;
    if (sink == null) {
      sink = new OtlpSink(rules, this, false);
      whole = sink;
    }
    return sink;
  }

  /** Writes entries as attributes. */
  OtlpSink entriesSink() {
    OtlpSink sink = entries;
    if (sink == null) {
      sink = new OtlpSink(rules, this, true);
      entries = sink;
    }
    return sink;
  }

  /** Writes JSON text. */
  JsonSink jsonSink() {
    JsonSink sink = json;
    if (sink == null) {
      sink = new JsonSink(rules, out);
      json = sink;
    }
    return sink;
  }

  /** Whether the event or its payload, as far as that is written, has this attribute. */
  boolean hasWritten(String key) {
    return has(key) || isInPayload(key);
  }

  /** The array that holds the encoded record; changes from event to event. */
  public byte[] bytes() {
    return out.bytes;
  }

  /** The length of the encoded record in {@link #bytes()}, behind the room left in front. */
  public int length() {
    return out.position - start;
  }

  /** A view of the encoded record. */
  ByteBuffer record() {
    return ByteBuffer.wrap(out.bytes, start, out.position - start);
  }

  /** What whoever made the draft wants to keep with it; always the same. */
  public @Nullable Object companion() {
    return companion;
  }

  /** Lets go of every value, so that nothing of the caller's is kept. */
  public void clear() {
    name = null;
    type = null;
    body = null;
    payload = null;
    payloadMode = null;
    contentType = null;
    context = null;
    share = 1;
    if (entries != null) {
      entries.forgetAttributes();
    }
    for (int i = 0, end = count; i < end; i++) {
      values[i] = null;
    }
    remembered = inOrder ? Math.max(remembered, count) : count;
    inOrder = true;
    count = 0;
    dropped = 0;
    enrichedFrom = 0;
    enrichedTo = 0;
    if (keys.length > 8 * INITIAL || out.isLarge()) {
      shrink();
      if (entries != null) {
        entries.shrink();
      }
      out.release();
      start = 0;
    }
  }

  private void shrink() {
    remembered = 0;
    keys = new String[INITIAL];
    keyFields = new byte[INITIAL][];
    hashes = new int[INITIAL];
    kinds = new byte[INITIAL];
    bits = new long[INITIAL];
    values = new Object[INITIAL];
  }
}
