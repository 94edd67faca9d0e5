package io.otlpevents.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A disk in memory that outlives the processes that use it. It knows for each page of each file
 * what is on the device and what only in the operating system's memory.
 */
final class FakeDisk {

  static final int PAGE = 4096;

  /** Direct buffers are used again, for they are given back late. */
  private static final Map<Integer, Deque<ByteBuffer>> POOL = new HashMap<>();

  final Map<Path, Node> files = new TreeMap<>();
  final Set<Path> directories = new HashSet<>();

  /** Those of which the device knows. */
  private final Set<Path> knownDirectories = new HashSet<>();

  /** Deleted, and not yet on the device: a power cut may bring them back. */
  final Map<Path, Node> ghosts = new TreeMap<>();

  final Map<Path, FaultyFiles> locks = new HashMap<>();
  private final List<ByteBuffer> taken = new ArrayList<>();
  long capacity = Long.MAX_VALUE;

  static final class Node {
    ByteBuffer buffer;
    byte[] device;
    boolean known;

    Node(ByteBuffer buffer) {
      this.buffer = buffer;
      this.device = new byte[buffer.capacity()];
    }

    void sync(int from, int to) {
      int start = from / PAGE * PAGE;
      int end = Math.min(buffer.capacity(), (to + PAGE - 1) / PAGE * PAGE);
      if (end > start) {
        buffer.get(start, device, start, end - start);
      }
    }
  }

  Node add(Path file, int size) {
    Node node = new Node(take(size));
    files.put(file, node);
    ghosts.remove(file);
    return node;
  }

  private ByteBuffer take(int size) {
    ByteBuffer buffer;
    synchronized (POOL) {
      Deque<ByteBuffer> pool = POOL.get(size);
      buffer = pool == null ? null : pool.poll();
    }
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(size);
    } else {
      buffer.put(0, new byte[size]);
    }
    buffer.order(ByteOrder.BIG_ENDIAN);
    taken.add(buffer);
    return buffer;
  }

  /** When nobody uses this disk any more. */
  void dispose() {
    synchronized (POOL) {
      for (ByteBuffer buffer : taken) {
        POOL.computeIfAbsent(buffer.capacity(), size -> new ArrayDeque<>()).add(buffer);
      }
    }
    taken.clear();
    files.clear();
  }

  long used() {
    long used = 0;
    for (Node node : files.values()) {
      used += node.buffer.capacity();
    }
    return used;
  }

  /** How many bytes the files with this ending take. */
  long used(String ending) {
    long used = 0;
    for (Map.Entry<Path, Node> file : files.entrySet()) {
      if (file.getKey().toString().endsWith(ending)) {
        used += file.getValue().buffer.capacity();
      }
    }
    return used;
  }

  List<Path> named(String ending) {
    return files.keySet().stream().filter(file -> file.toString().endsWith(ending)).toList();
  }

  void truncate(Path file, int size) {
    Node node = files.get(file);
    ByteBuffer shorter = take(size);
    byte[] bytes = new byte[size];
    node.buffer.get(0, bytes);
    shorter.put(0, bytes);
    node.buffer = shorter;
    node.device = bytes;
  }

  void flip(Path file, long bit) {
    ByteBuffer buffer = files.get(file).buffer;
    int at = (int) (bit >>> 3);
    buffer.put(at, (byte) (buffer.get(at) ^ 1 << (bit & 7)));
    files.get(file).sync(at, at + 1);
  }

  /** Forces what a directory has in it: which names, not what is in the files. */
  void syncDirectory(Path directory) {
    files.forEach((file, node) -> node.known |= directory.equals(file.getParent()));
    ghosts.keySet().removeIf(ghost -> directory.equals(ghost.getParent()));
    directories.stream()
        .filter(path -> directory.equals(path.getParent()))
        .forEach(knownDirectories::add);
  }

  /** Somebody removes everything below the root. */
  void vanish() {
    files.clear();
    ghosts.clear();
    directories.clear();
    knownDirectories.clear();
    locks.clear();
  }

  /** The operating system writes some pages when it likes. */
  void writeBack(SplittableRandom random) {
    for (Node node : files.values()) {
      for (int at = 0; at < node.buffer.capacity(); at += PAGE) {
        if (random.nextInt(8) == 0) {
          node.sync(at, at + 1);
        }
      }
    }
  }

  /** What was not forced may be there or not, page by page. */
  void cutPower(SplittableRandom random, int survivors) {
    Map<Path, Node> before = new TreeMap<>(files);
    for (Map.Entry<Path, Node> file : before.entrySet()) {
      Node node = file.getValue();
      if (!node.known && random.nextBoolean()) {
        files.remove(file.getKey());
        continue;
      }
      revert(node, random, survivors);
    }
    for (Map.Entry<Path, Node> ghost : ghosts.entrySet()) {
      if (random.nextBoolean() && !files.containsKey(ghost.getKey())) {
        revert(ghost.getValue(), random, survivors);
        files.put(ghost.getKey(), ghost.getValue());
      }
    }
    ghosts.clear();
    locks.clear();
    for (Path directory : new TreeSet<>(directories)) {
      if (!knownDirectories.contains(directory) && random.nextBoolean()) {
        files.keySet().removeIf(file -> file.startsWith(directory));
        directories.removeIf(path -> path.startsWith(directory));
      }
    }
    knownDirectories.retainAll(directories);
    knownDirectories.addAll(directories);
  }

  private static void revert(Node node, SplittableRandom random, int survivors) {
    for (int at = 0; at < node.buffer.capacity(); at += PAGE) {
      if (random.nextInt(100) >= survivors) {
        node.buffer.put(at, node.device, at, Math.min(PAGE, node.device.length - at));
      }
    }
    node.sync(0, node.buffer.capacity());
    node.known = true;
  }
}
