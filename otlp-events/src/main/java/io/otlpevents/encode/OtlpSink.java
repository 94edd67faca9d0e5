package io.otlpevents.encode;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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

  /** For more attributes, room is not kept for the next event. */
  private static final int RETAINED = 8 * INITIAL;

  private final EventDraft draft;
  private final TextCache keys;
  private final EntryCache entryCache;

  /** Where the lengths of the open messages go, three for each level. */
  private final int[] marks = new int[3 * LEVELS];

  /** Where those of the value that is being written go. */
  private int pairMark;

  private int valueMark;

  /** The entry whose value is next, in the cache; -1 for a value that is not part of another. */
  private int entry = -1;

  /** The path of the object of each level, while entries are attributes. */
  private final @Nullable String[] flatPaths = new String[LEVELS];

  /** Whether entries are attributes; within an attribute's array they are not. */
  private boolean flat;

  /** The level at which an attribute's array was opened, or none if 0. */
  private int arrayLevel;

  /** The attributes that were written from a payload, in the order of their bytes. */
  private String[] flatKeys = new String[INITIAL];

  /** Their keys' encoded form. */
  private byte[][] flatFields = new byte[INITIAL][];

  private int[] flatHashes = new int[INITIAL];
  private int[] flatStarts = new int[INITIAL];
  private int flatCount;

  /** How many of the keys stem from one payload, so that none of them is there twice. */
  private int remembered;

  /** Whether the keys of this payload so far are those remembered. */
  private boolean inOrder = true;

  /** Has a bit for each key that was written, by its hash; a bit that is missing saves a search. */
  private long flatBits;

  /** The same for the keys that the event has itself, once they are known. */
  private long ownBits;

  private boolean ownKnown;

  OtlpSink(EncodingRules rules, EventDraft draft, boolean flat) {
    super(rules, draft.out);
    this.draft = draft;
    this.keys = rules.keys();
    this.entryCache = new EntryCache(rules);
    this.flat = flat;
  }

  /** Starts over; keys are remembered, because the next payload most often has the same. */
  void forgetAttributes() {
    remembered = inOrder ? Math.max(remembered, flatCount) : flatCount;
    inOrder = true;
    flatCount = 0;
    flatBits = 0;
    ownKnown = false;
    arrayLevel = 0;
    entry = -1;
    if (flatKeys.length > RETAINED) {
      shrink();
    }
  }

  /** Lets go of what has grown. */
  void shrink() {
    remembered = 0;
    entryCache.clear();
    Arrays.fill(flatPaths, null);
    flatKeys = new String[INITIAL];
    flatFields = new byte[INITIAL][];
    flatHashes = new int[INITIAL];
    flatStarts = new int[INITIAL];
  }

  boolean hasAttribute(String key) {
    int hash = key.hashCode();
    return (flatBits & 1L << hash) != 0 && indexOf(key, hash) >= 0;
  }

  private int indexOf(String key, int hash) {
    int[] candidates = flatHashes;
    for (int i = 0, end = flatCount; i < end; i++) {
      if (candidates[i] == hash && flatKeys[i].equals(key)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  void beginRoot() {
    entry = -1;
  }

  @Override
  void nextName(String name) {
    entry = entryCache.find(isFlat() ? flatPaths[depth] : null, name);
  }

  @Override
  void openObject() {
    if (isFlat()) {
      String path = entry < 0 ? null : entryCache.path(entry);
      if (flatPaths[depth] != path) {
        flatPaths[depth] = path;
      }
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

  private void beginValue(int level) {
    pairMark = -1;
    valueMark = -1;
    if (level == 0) {
      return;
    }
    if (object[level]) {
      pairMark = out.beginMessage(Otlp.ELEMENT);
      out.writeBytes(entryCache.field(entry));
      valueMark = out.beginMessage(Otlp.VALUE);
    } else {
      valueMark = out.beginMessage(Otlp.ELEMENT);
    }
  }

  private boolean beginAttribute() {
    return beginAttribute(attributeKey());
  }

  private String attributeKey() {
    return entry < 0 ? rules.settings().payloadKey() : entryCache.path(entry);
  }

  /**
   * Starts an attribute; what is written next is its value.
   *
   * @return false if it is left out, because the event has it or has too many
   */
  boolean beginAttribute(String key) {
    byte[] field = claim(key);
    if (field == null) {
      return false;
    }
    pairMark = out.beginMessage(Otlp.RECORD_ATTRIBUTE);
    out.writeBytes(field);
    valueMark = out.beginMessage(Otlp.VALUE);
    return true;
  }

  /**
   * Notes an attribute that is written next.
   *
   * @return its key's encoded form; null if it is left out, because the event has it or has too
   *     many
   */
  private byte @Nullable [] claim(String key) {
    int index = flatCount;
    if (!(inOrder && index < remembered && flatKeys[index] == key)) {
      return claimAnew(key);
    }
    if (isOwn(key, flatHashes[index])) {
      inOrder = false;
      return null;
    }
    if (isFull()) {
      draft.dropped++;
      return null;
    }
    flatStarts[index] = out.position;
    flatBits |= 1L << flatHashes[index];
    flatCount = index + 1;
    return flatFields[index];
  }

  private byte @Nullable [] claimAnew(String key) {
    if (key.isEmpty()) {
      draft.dropped++;
      return null;
    }
    int hash = key.hashCode();
    if (isOwn(key, hash)) {
      return null;
    }
    inOrder = false;
    int earlier = (flatBits & 1L << hash) == 0 ? -1 : indexOf(key, hash);
    if (earlier >= 0) {
      remove(earlier);
    } else if (isFull()) {
      draft.dropped++;
      return null;
    }
    if (flatCount == flatKeys.length) {
      grow();
    }
    byte[] field = keys.field(key);
    flatKeys[flatCount] = key;
    flatFields[flatCount] = field;
    flatHashes[flatCount] = hash;
    flatStarts[flatCount++] = out.position;
    flatBits |= 1L << hash;
    return field;
  }

  private boolean isFull() {
    return draft.ownCount() + flatCount >= rules.settings().maxAttributes();
  }

  private boolean isOwn(String key, int hash) {
    if (!ownKnown) {
      ownBits = draft.ownBits();
      ownKnown = true;
    }
    return (ownBits & 1L << hash) != 0 && draft.hasOwn(key);
  }

  private void grow() {
    int length = 2 * flatCount;
    flatKeys = Arrays.copyOf(flatKeys, length);
    flatFields = Arrays.copyOf(flatFields, length);
    flatHashes = Arrays.copyOf(flatHashes, length);
    flatStarts = Arrays.copyOf(flatStarts, length);
  }

  /** Takes back an attribute; those behind it move up. */
  private void remove(int index) {
    int start = flatStarts[index];
    int end = index + 1 < flatCount ? flatStarts[index + 1] : out.position;
    out.remove(start, end);
    flatCount--;
    for (int i = index; i < flatCount; i++) {
      flatKeys[i] = flatKeys[i + 1];
      flatFields[i] = flatFields[i + 1];
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

  /** The tag of the next key and value. */
  private int fieldTag() {
    return isFlat() ? Otlp.RECORD_ATTRIBUTE : Otlp.ELEMENT;
  }

  /** Whether the next value has a key. */
  private boolean isKeyed() {
    return isFlat() || depth > 0 && object[depth];
  }

  /** The key of the next value in its encoded form; null if the value is left out. */
  private byte @Nullable [] nextKey() {
    return isFlat() ? claim(attributeKey()) : entryCache.field(entry);
  }

  @Override
  void putText(String text) {
    if (isKeyed()) {
      byte[] key = nextKey();
      if (key != null) {
        Fields.text(out, fieldTag(), key, text);
      }
      return;
    }
    beginValue(depth);
    out.writeString(Otlp.VALUE_STRING, text);
    endValue();
  }

  @Override
  void putLong(long number) {
    if (isKeyed()) {
      byte[] key = nextKey();
      if (key != null) {
        Fields.integer(out, fieldTag(), key, number);
      }
      return;
    }
    beginValue(depth);
    out.writeByte(Otlp.VALUE_INT);
    out.writeVarint(number);
    endValue();
  }

  @Override
  void putDouble(double number) {
    long bits = Double.doubleToRawLongBits(number);
    if (isKeyed()) {
      byte[] key = nextKey();
      if (key != null) {
        Fields.floating(out, fieldTag(), key, bits);
      }
      return;
    }
    beginValue(depth);
    out.writeByte(Otlp.VALUE_DOUBLE);
    out.writeFixed64(bits);
    endValue();
  }

  @Override
  void putBoolean(boolean flag) {
    if (isKeyed()) {
      byte[] key = nextKey();
      if (key != null) {
        Fields.truth(out, fieldTag(), key, flag);
      }
      return;
    }
    beginValue(depth);
    out.writeByte(Otlp.VALUE_BOOL);
    out.writeByte(flag ? 1 : 0);
    endValue();
  }

  @Override
  void putBytes(byte[] bytes, int offset, int length) {
    if (isFlat()) {
      if (!beginAttribute()) {
        return;
      }
    } else {
      beginValue(depth);
    }
    out.writeByte(Otlp.VALUE_BYTES);
    out.writeVarint(length);
    out.writeBytes(bytes, offset, length);
    endValue();
  }

  @Override
  void putNumber(String decimal) {
    putText(decimal);
  }

  /** An empty value stands for null; an attribute is left out. */
  @Override
  void putNull() {
    if (!isFlat()) {
      beginValue(depth);
      endValue();
    }
  }
}
