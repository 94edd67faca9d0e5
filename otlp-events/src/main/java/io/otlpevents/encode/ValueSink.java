package io.otlpevents.encode;

import org.jspecify.annotations.Nullable;

/**
 * What the ways of writing a value have in common: limits, redaction, and leaving out what is
 * ignored. Belongs to a draft and its thread.
 *
 * <p>A sink lives long, and the garbage collector charges each reference that is stored in an old
 * object more than most of what is done here. So nothing is stored for each name or value but
 * numbers, unless it differs from what is there.
 */
abstract class ValueSink implements PayloadSink {

  static final int LEVELS = ValueWriter.MAX_DEPTH + 2;

  final EncodingRules rules;
  final WireBuffer out;

  /** How many objects and arrays are open; what is left out does not count. */
  int depth;

  /** Whether the object or array of each level is an object. */
  final boolean[] object = new boolean[LEVELS];

  /** The path of the value that is next; null if it has none or no rule asks for it. */
  private @Nullable String path;

  /** The path of the object or array of each level. */
  private final @Nullable String[] paths = new String[LEVELS];

  private final @Nullable Redaction redaction;
  private final boolean redactsKeys;
  private Redaction.Decision decision = Redaction.KEEP;

  /** How many objects and arrays are open within, and with, one that is left out. */
  private int ignored;

  private int pieces;

  /** For the adapter that a codec needs around this sink. */
  @Nullable Object adapter;

  ValueSink(EncodingRules rules, WireBuffer out) {
    this.rules = rules;
    this.out = out;
    this.redaction = rules.redaction();
    this.redactsKeys = redaction != null && redaction.hasKeys();
  }

  /** Starts over, with the path of the value that comes and the decision about it. */
  final void begin(@Nullable String rootPath, Redaction.Decision rootDecision) {
    depth = 0;
    ignored = 0;
    pieces = 0;
    if (redactsKeys) {
      path = rootPath;
      decision = rootDecision;
    }
    beginRoot();
  }

  /**
   * Whether exactly one value has arrived as a whole.
   *
   * @throws IllegalStateException if a codec left something open
   */
  final void end() {
    if (depth != 0 || ignored != 0) {
      throw new IllegalStateException("an object or array was not ended");
    }
  }

  /** Whether what comes next is within something that is left out. */
  final boolean isIgnoring() {
    return ignored > 0;
  }

  private void count() {
    if (++pieces > rules.maxPieces()) {
      throw out.limitExceeded();
    }
  }

  @Override
  public final boolean name(String name) {
    count();
    if (ignored > 0 || redaction != null && isDropped(redaction, name)) {
      return false;
    }
    nextName(name);
    return true;
  }

  /** Finds out what to do with the entry that has this name. */
  private boolean isDropped(Redaction rules, String name) {
    if (!redactsKeys) {
      return false;
    }
    path = this.rules.paths().join(paths[depth], name);
    decision = rules.decide(path);
    return decision.drops();
  }

  /** Whether the value that comes is left out. */
  private boolean leftOut() {
    count();
    return ignored > 0 || decision.drops();
  }

  @Override
  public final void startObject() {
    if (entered(true)) {
      openObject();
    }
  }

  @Override
  public final void startArray() {
    if (entered(false)) {
      if (!openArray()) {
        leave();
        ignored = 1;
      }
    }
  }

  private boolean entered(boolean isObject) {
    count();
    if (ignored > 0 || decision.drops()) {
      ignored++;
      return false;
    }
    // Elements can be hashed one by one, entries not: their names may tell as much as the values.
    if (!decision.keeps() && !(decision.hashes() && !isObject)) {
      putText(RedactionRule.MASK);
      ignored++;
      return false;
    }
    if (depth >= rules.settings().maxDepth()) {
      throw new IllegalArgumentException("value nested deeper than " + rules.settings().maxDepth());
    }
    depth++;
    object[depth] = isObject;
    if (redactsKeys) {
      paths[depth] = path;
    }
    return true;
  }

  private void leave() {
    if (redactsKeys) {
      path = paths[depth];
    }
    depth--;
  }

  @Override
  public final void endObject() {
    count();
    if (ignored > 0) {
      ignored--;
      return;
    }
    closeObject();
    leave();
    if (redactsKeys) {
      // An object is only entered where nothing is redacted.
      decision = Redaction.KEEP;
    }
  }

  @Override
  public final void endArray() {
    count();
    if (ignored > 0) {
      ignored--;
      return;
    }
    closeArray();
    leave();
  }

  @Override
  public final void value(@Nullable String text) {
    if (text == null) {
      nothing();
      return;
    }
    if (leftOut()) {
      return;
    }
    if (!decision.keeps()) {
      putText(decision.replace(text));
      return;
    }
    putText(redactedAndCut(text));
  }

  private String redactedAndCut(String text) {
    if (redaction == null) {
      return rules.cut(text);
    }
    return rules.cut(redactedText(redaction, text));
  }

  private String redactedText(Redaction rules, String text) {
    if (text.length() > this.rules.maxPieces()
        && this.rules.settings().maxValueLength() == Integer.MAX_VALUE) {
      // Does not fit anyway: do not search it first.
      throw out.limitExceeded();
    }
    return rules.text(text);
  }

  @Override
  public final void value(long number) {
    if (leftOut()) {
      return;
    }
    if (decision.keeps()) {
      putLong(number);
    } else {
      putText(decision.replace(Long.toString(number)));
    }
  }

  @Override
  public final void value(double number) {
    if (leftOut()) {
      return;
    }
    if (decision.keeps()) {
      putDouble(number);
    } else {
      putText(decision.replace(Double.toString(number)));
    }
  }

  @Override
  public final void value(boolean flag) {
    if (leftOut()) {
      return;
    }
    if (decision.keeps()) {
      putBoolean(flag);
    } else {
      putText(decision.replace(Boolean.toString(flag)));
    }
  }

  @Override
  public final void value(byte[] bytes, int offset, int length) {
    if (leftOut()) {
      return;
    }
    if (decision.keeps()) {
      putBytes(bytes, offset, length);
    } else {
      putText(decision.replace(java.util.Arrays.copyOfRange(bytes, offset, offset + length)));
    }
  }

  @Override
  public final void number(String decimal) {
    if (leftOut()) {
      return;
    }
    if (!decision.keeps()) {
      putText(decision.replace(decimal));
      return;
    }
    String kept = redactedAndCut(decimal);
    if (kept.equals(decimal)) {
      putNumber(decimal);
    } else {
      // Part of a number is none.
      putText(kept);
    }
  }

  @Override
  public final void nothing() {
    if (!leftOut()) {
      putNull();
    }
  }

  /** A value begins that is not part of another. */
  abstract void beginRoot();

  abstract void nextName(String name);

  abstract void openObject();

  /** Returns false if the array is left out after all. */
  abstract boolean openArray();

  abstract void closeObject();

  abstract void closeArray();

  abstract void putText(String text);

  abstract void putLong(long number);

  abstract void putDouble(double number);

  abstract void putBoolean(boolean flag);

  abstract void putBytes(byte[] bytes, int offset, int length);

  abstract void putNumber(String decimal);

  abstract void putNull();
}
