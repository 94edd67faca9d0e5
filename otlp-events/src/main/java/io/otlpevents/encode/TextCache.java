package io.otlpevents.encode;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the encoded form of short texts that come again and again: attribute keys and event
 * names. Bounded: a text may displace another one that falls on the same slot. Safe for any number
 * of threads; entries are immutable, so a race costs at most an encoding.
 */
final class TextCache {

  private static final int SLOTS = 1024;
  private static final int LONGEST = 128;

  private final int tag;
  private final AtomicReferenceArray<@Nullable Entry> slots = new AtomicReferenceArray<>(SLOTS);

  /**
   * @param tag the protobuf tag that stands before the text
   */
  TextCache(int tag) {
    this.tag = tag;
  }

  /** Tag, length and UTF-8 bytes of this text; shared, not to be changed. */
  byte[] field(String text) {
    int hash = text.hashCode();
    int slot = (hash ^ hash >>> 16) & SLOTS - 1;
    Entry entry = slots.getAcquire(slot);
    if (entry != null && (entry.text == text || entry.text.equals(text))) {
      return entry.field;
    }
    byte[] field = encode(text);
    if (text.length() <= LONGEST) {
      slots.setRelease(slot, new Entry(text, field));
    }
    return field;
  }

  private byte[] encode(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    WireBuffer buffer = new WireBuffer(Integer.MAX_VALUE);
    buffer.writeByte(tag);
    buffer.writeVarint(utf8.length);
    buffer.writeBytes(utf8);
    return buffer.copyFrom(0);
  }

  private record Entry(String text, byte[] field) {}
}
