package io.otlpevents.encode;

import org.jspecify.annotations.Nullable;

/**
 * Remembers the entries that a payload's objects have: a name within a path, the path it makes and
 * the key's encoded form. Finds them by identity, for codecs pass the same text each time, so that
 * an entry is known by its number and nothing has to be stored for it. Bounded; for one thread.
 */
final class EntryCache {

  private static final int SLOTS = 256;

  /** How many entries whose hashes agree are told apart; a power of two. */
  private static final int WAYS = 4;

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
    int first = (hash ^ hash >>> 7 ^ hash >>> 16) & SLOTS - WAYS;
    for (int slot = first; slot < first + WAYS; slot++) {
      if (names[slot] == name && parents[slot] == parent) {
        return slot;
      }
    }
    return put(first, parent, name);
  }

  private int put(int first, @Nullable String parent, String name) {
    String path = rules.paths().join(parent, name);
    byte[] field = rules.keys().field(path);
    int slot = SLOTS;
    // Long ones share a slot, and the next displaces them.
    if (path.length() <= LONGEST) {
      slot = first;
      while (slot < first + WAYS - 1 && names[slot] != null) {
        slot++;
      }
      names[slot] = name;
    }
    parents[slot] = parent;
    paths[slot] = path;
    fields[slot] = field;
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
