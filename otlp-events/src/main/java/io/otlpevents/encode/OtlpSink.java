package io.otlpevents.encode;

import java.util.Arrays;

/**
 * Writes values as OTLP {@code AnyValue}s, or their entries as attributes of the record.
 *
 * <pre>
 * whole:  customer = kvlist { tier = "gold", tags = array { "a" } }
 * flat:   customer.tier = "gold"    customer.tags = array { "a" }
 * </pre>
 */
final class OtlpSink extends ValueSink {

  private static final int INITIAL = 16;

  private final EventDraft draft;
  private final TextCache keys;

  /** Where the lengths of the open messages go, three for each level. */
  private final int[] marks = new int[3 * LEVELS];

  /** Where those of the value that is being written go. */
  private int pairMark;

  private int valueMark;

  private String name = "";

  /** Whether entries are attributes; within an attribute's array they are not. */
  private boolean flat;

  /** The level at which an attribute's array was opened, or none if 0. */
  private int arrayLevel;

  /** The attributes that were written from a payload, in the order of their bytes. */
  private String[] flatKeys = new String[INITIAL];

  private int[] flatHashes = new int[INITIAL];
  private int[] flatStarts = new int[INITIAL];
  private int flatCount;

  OtlpSink(EncodingRules rules, EventDraft draft, boolean flat) {
    super(rules, draft.out, flat);
    this.draft = draft;
    this.keys = rules.keys();
    this.flat = flat;
  }

  void forgetAttributes() {
    Arrays.fill(flatKeys, 0, flatCount, "");
    flatCount = 0;
    arrayLevel = 0;
    name = "";
    path = null;
  }

  boolean hasAttribute(String key) {
    return indexOf(key) >= 0;
  }

  private int indexOf(String key) {
    int hash = key.hashCode();
    int[] candidates = flatHashes;
    for (int i = 0, end = flatCount; i < end; i++) {
      if (candidates[i] == hash && flatKeys[i].equals(key)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  void nextName(String next) {
    name = next;
  }

  @Override
  void openObject() {
    if (isFlat()) {
      return;
    }
    // The new level is counted already; its value belongs to the one around it.
    beginValue(depth - 1);
    push(Otlp.VALUE_KEY_VALUES);
  }

  @Override
  boolean openArray() {
    if (isFlat()) {
      if (!beginAttribute()) {
        return false;
      }
      arrayLevel = depth;
    } else {
      beginValue(depth - 1);
    }
    push(Otlp.VALUE_ARRAY);
    return true;
  }

  private void push(int tag) {
    int at = 3 * depth;
    marks[at] = pairMark;
    marks[at + 1] = valueMark;
    marks[at + 2] = out.beginMessage(tag);
  }

  @Override
  void closeObject() {
    if (!isFlat()) {
      pop();
    }
  }

  @Override
  void closeArray() {
    pop();
    if (depth == arrayLevel) {
      arrayLevel = 0;
    }
  }

  private void pop() {
    int at = 3 * depth;
    out.endMessage(marks[at + 2]);
    pairMark = marks[at];
    valueMark = marks[at + 1];
    endValue();
  }

  private boolean isFlat() {
    return flat && arrayLevel == 0;
  }

  private boolean begin() {
    if (isFlat()) {
      return beginAttribute();
    }
    beginValue(depth);
    return true;
  }

  private void beginValue(int level) {
    pairMark = -1;
    valueMark = -1;
    if (level == 0) {
      return;
    }
    if (object[level]) {
      pairMark = out.beginMessage(Otlp.ELEMENT);
      out.writeBytes(keys.field(name));
      valueMark = out.beginMessage(Otlp.VALUE);
    } else {
      valueMark = out.beginMessage(Otlp.ELEMENT);
    }
  }

  private boolean beginAttribute() {
    return beginAttribute(path == null ? rules.settings().payloadKey() : path);
  }

  /**
   * Starts an attribute; what is written next is its value.
   *
   * @return false if it is left out, because the event has it or has too many
   */
  boolean beginAttribute(String key) {
    if (key.isEmpty()) {
      draft.dropped++;
      return false;
    }
    if (draft.hasOwn(key)) {
      return false;
    }
    int earlier = indexOf(key);
    if (earlier >= 0) {
      remove(earlier);
    } else if (draft.ownCount() + flatCount >= rules.settings().maxAttributes()) {
      draft.dropped++;
      return false;
    }
    if (flatCount == flatKeys.length) {
      flatKeys = Arrays.copyOf(flatKeys, 2 * flatCount);
      Arrays.fill(flatKeys, flatCount, flatKeys.length, "");
      flatHashes = Arrays.copyOf(flatHashes, 2 * flatCount);
      flatStarts = Arrays.copyOf(flatStarts, 2 * flatCount);
    }
    flatKeys[flatCount] = key;
    flatHashes[flatCount] = key.hashCode();
    flatStarts[flatCount++] = out.position;
    pairMark = out.beginMessage(Otlp.RECORD_ATTRIBUTE);
    out.writeBytes(keys.field(key));
    valueMark = out.beginMessage(Otlp.VALUE);
    return true;
  }

  /** Takes back an attribute; those behind it move up. */
  private void remove(int index) {
    int start = flatStarts[index];
    int end = index + 1 < flatCount ? flatStarts[index + 1] : out.position;
    out.remove(start, end);
    flatCount--;
    for (int i = index; i < flatCount; i++) {
      flatKeys[i] = flatKeys[i + 1];
      flatHashes[i] = flatHashes[i + 1];
      flatStarts[i] = flatStarts[i + 1] - (end - start);
    }
  }

  /** Ends the attribute or entry that was begun last. */
  void endValue() {
    if (valueMark >= 0) {
      out.endMessage(valueMark);
    }
    if (pairMark >= 0) {
      out.endMessage(pairMark);
    }
  }

  @Override
  void putText(String text) {
    if (begin()) {
      out.writeString(Otlp.VALUE_STRING, text);
      endValue();
    }
  }

  @Override
  void putLong(long number) {
    if (begin()) {
      out.writeByte(Otlp.VALUE_INT);
      out.writeVarint(number);
      endValue();
    }
  }

  @Override
  void putDouble(double number) {
    if (begin()) {
      out.writeByte(Otlp.VALUE_DOUBLE);
      out.writeFixed64(Double.doubleToRawLongBits(number));
      endValue();
    }
  }

  @Override
  void putBoolean(boolean flag) {
    if (begin()) {
      out.writeByte(Otlp.VALUE_BOOL);
      out.writeByte(flag ? 1 : 0);
      endValue();
    }
  }

  @Override
  void putBytes(byte[] bytes, int offset, int length) {
    if (begin()) {
      out.writeByte(Otlp.VALUE_BYTES);
      out.writeVarint(length);
      out.writeBytes(bytes, offset, length);
      endValue();
    }
  }

  @Override
  void putNumber(String decimal) {
    putText(decimal);
  }

  /** An empty value stands for null; an attribute is left out. */
  @Override
  void putNull() {
    if (!isFlat() && begin()) {
      endValue();
    }
  }
}
