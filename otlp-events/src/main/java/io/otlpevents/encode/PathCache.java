package io.otlpevents.encode;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the dotted paths of payload entries that come again and again, so that they are not
 * built anew for each event. Bounded; safe for any number of threads.
 */
final class PathCache {

  private static final int SLOTS = 1024;
  private static final int LONGEST = 128;

  private final AtomicReferenceArray<@Nullable Entry> slots = new AtomicReferenceArray<>(SLOTS);

  /** The path of an entry with this name in the object with this path; null for the outermost. */
  String join(@Nullable String parent, String name) {
    if (parent == null) {
      return name;
    }
    int hash = parent.hashCode() * 31 + name.hashCode();
    int slot = (hash ^ hash >>> 16) & SLOTS - 1;
    Entry entry = slots.getAcquire(slot);
    if (entry != null && entry.name.equals(name) && entry.parent.equals(parent)) {
      return entry.path;
    }
    String path = parent + '.' + name;
    if (path.length() <= LONGEST) {
      slots.setRelease(slot, new Entry(parent, name, path));
    }
    return path;
  }

  private record Entry(String parent, String name, String path) {}
}
