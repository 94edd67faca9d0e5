package io.otlpevents.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;

/**
 * Who holds the lock of a journal's sub-directory, as far as that can be told without touching it.
 * The lock's file is never opened: closing it would release the lock if its owner is this process.
 *
 * @param state what is known
 * @param pid the owner's process id; 0 unless it is {@link State#ALIVE}
 * @param sinceMillis when the last owner took it, ms since 1970 by its wall clock; 0 if that cannot
 *     be told
 */
public record StoreOwner(State state, long pid, long sinceMillis) {

  private static final Path LOCKS = Path.of("/proc/locks");

  /** What is known about an owner. */
  public enum State {
    /** A process has the lock. */
    ALIVE,
    /**
     * No process that can be seen from here has it. One in another container or on another machine
     * cannot be seen.
     */
    NONE_SEEN,
    /** This system does not tell. */
    UNKNOWN
  }

  /** Whether somebody may be writing, as far as that can be seen from here. */
  boolean mayBeAlive() {
    return state != State.NONE_SEEN;
  }

  static StoreOwner of(Path directory) {
    Path lock = directory.resolve(StoreDirectory.LOCK);
    long since = 0;
    try {
      if (!Files.exists(lock, LinkOption.NOFOLLOW_LINKS)) {
        return new StoreOwner(State.NONE_SEEN, 0, 0);
      }
      since = Files.getLastModifiedTime(lock, LinkOption.NOFOLLOW_LINKS).toMillis();
      if (!Files.isReadable(LOCKS)) {
        return new StoreOwner(State.UNKNOWN, 0, since);
      }
      Map<String, Object> file =
          Files.readAttributes(lock, "unix:dev,ino", LinkOption.NOFOLLOW_LINKS);
      if (!(file.get("dev") instanceof Number device)
          || !(file.get("ino") instanceof Number inode)) {
        return new StoreOwner(State.UNKNOWN, 0, since);
      }
      StoreOwner found = find(Files.readString(LOCKS), device.longValue(), inode.longValue());
      return new StoreOwner(found.state, found.pid, since);
    } catch (IOException | RuntimeException e) {
      return new StoreOwner(State.UNKNOWN, 0, since);
    }
  }

  /**
   * Finds a file in the kernel's list, whose lines look like {@code 1: POSIX ADVISORY WRITE 4711
   * 08:01:131090 0 EOF}.
   *
   * @see <a href="https://man7.org/linux/man-pages/man5/proc_locks.5.html">proc_locks(5)</a>
   */
  static StoreOwner find(String locks, long device, long inode) {
    long major = device >>> 8 & 0xFFF | device >>> 32 & ~0xFFFL;
    long minor = device & 0xFF | device >>> 12 & ~0xFFL;
    StoreOwner owner = new StoreOwner(State.NONE_SEEN, 0, 0);
    for (String line : locks.split("\n")) {
      String[] words = line.trim().split("\\s+");
      if (words.length < 8 || !words[1].equals("POSIX") && !words[1].equals("OFDLCK")) {
        continue; // of another kind, or somebody who waits for one
      }
      String[] file = words[5].split(":");
      if (file.length != 3 || Long.parseLong(file[2]) != inode) {
        continue;
      }
      if (Long.parseLong(file[0], 16) == major && Long.parseLong(file[1], 16) == minor) {
        return new StoreOwner(State.ALIVE, Math.max(0, Long.parseLong(words[4])), 0);
      }
      // Layered file systems show another device than the one below.
      owner = new StoreOwner(State.UNKNOWN, 0, 0);
    }
    return owner;
  }
}
