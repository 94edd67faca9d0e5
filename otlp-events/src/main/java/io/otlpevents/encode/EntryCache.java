package io.otlpevents.encode;

import org.jspecify.annotations.Nullable;

/**
 * Remembers the entries that a payload's objects have: a name within a path, the path it makes and
 * the key's encoded form. Finds them by identity, for codecs pass the same text each time, so that
 * an entry is known by its number and nothing has to be stored for it. Bounded; for one thread.
 */
final class EntryCache {

  private static final int SLOTS = 128;
  private static final int LONGEST = 128;
  private static final byte[] NOTHING = {};

  private final EncodingRules rules;
  private final @Nullable String[] parents = new String[SLOTS + 1];
  private final @Nullable String[] names = new String[SLOTS + 1];
  private final String[] paths = new String[SLOTS + 1];
  private final byte[][] fields = new byte[SLOTS + 1][];

  EntryCache(EncodingRules rules) {
    this.rules = rules;
  }

  /**
   * The number of the entry with this name in the object with this path; null for the outermost.
   * Good until the next call.
   */
  int find(@Nullable String parent, String name) {
    int hash = name.hashCode();
    if (parent != null) {
      hash = hash * 31 + parent.hashCode();
    }
    int slot = (hash ^ hash >>> 7 ^ hash >>> 16) & SLOTS - 1;
    return names[slot] == name && parents[slot] == parent ? slot : put(slot, parent, name);
  }

  private int put(int free, @Nullable String parent, String name) {
    String path = rules.paths().join(parent, name);
    // Long ones share a slot, and the next displaces them.
    int slot = path.length() <= LONGEST ? free : SLOTS;
    // The name comes last: whatever is thrown before, the slot is not taken for another entry.
    names[slot] = null;
    parents[slot] = parent;
    paths[slot] = path;
    fields[slot] = rules.keys().field(path);
    names[slot] = slot == SLOTS ? null : name;
    return slot;
  }

  /** The dotted path of an entry. */
  String path(int entry) {
    return paths[entry];
  }

  /** The path as a key with tag and length. */
  byte[] field(int entry) {
    return fields[entry];
  }

  /** Forgets everything. */
  void clear() {
    for (int i = 0; i <= SLOTS; i++) {
      names[i] = null;
      parents[i] = null;
      paths[i] = "";
      fields[i] = NOTHING;
    }
  }
}
