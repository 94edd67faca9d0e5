package io.otlpevents.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Up to where each destination has finished with the segments of one directory.
 *
 * <pre>
 * file      an entry of 512 bytes for each destination, 64 of them
 *
 * entry   0 │ length of the name 4, CRC32C of the name 4, name in UTF-8 (at most 240)
 *       256 │ slot A
 *       384 │ slot B
 *
 * slot    0 │ generation, rising by one   8
 *         8 │ segment id                  8
 *        16 │ sequence of the next frame  8
 *        24 │ records before it, see below 8
 *        32 │ its offset in the segment   4
 *        36 │ CRC32C of the above         4
 * </pre>
 *
 * All integers are little-endian. The slots are written by turns, so one is whole whenever the
 * process dies; of two whole ones the higher generation holds. Whatever an entry that is not whole
 * loses is sent again.
 *
 * <p>The number in a slot is that of the records before its place that had been read but not
 * acknowledged when their segments were given up. If it is not 0 when the process dies, nobody
 * knows what became of them: the successor counts them as lost.
 *
 * <p>Each destination's entry is written by its own thread.
 */
final class CursorFile {

  static final int SIZE = 64 * 512;

  private static final int ENTRY = 512;
  private static final int MAX_NAME = 240;
  private static final int SLOT_A = 256;
  private static final int SLOT_B = 384;
  private static final int SLOT = 40;

  private final Piece piece;
  private final ByteBuffer buffer;

  /** Guarded by this. */
  private final Map<String, Entry> entries = new HashMap<>();

  private boolean forgotten;
  private volatile boolean closed;

  CursorFile(Piece piece) {
    this.piece = piece;
    this.buffer = piece.buffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Where a destination goes on.
   *
   * @param segmentId the segment
   * @param sequence of the next frame
   * @param offset its offset
   * @param onTheWay how many records before it have neither been acknowledged nor counted as lost
   */
  record Cursor(long segmentId, long sequence, int offset, long onTheWay) {}

  /** The cursor of a destination; null if there is none. */
  synchronized @Nullable Cursor read(String destination) {
    Entry entry = entry(destination, false);
    return entry == null ? null : entry.last;
  }

  /** Every cursor there is, by destination. */
  synchronized Map<String, Cursor> readAll() {
    Map<String, Cursor> cursors = new HashMap<>();
    for (int at = 0; at + ENTRY <= buffer.capacity(); at += ENTRY) {
      String name = nameAt(at);
      Cursor cursor = name == null ? null : new Entry(at).last;
      if (name != null && cursor != null) {
        cursors.put(name, cursor);
      }
    }
    return cursors;
  }

  /** Writes a destination's cursor; there is no room for more than 64 destinations. */
  void save(String destination, Cursor cursor) {
    if (closed) {
      return; // the file may have another owner by now
    }
    Entry entry;
    synchronized (this) {
      entry = entry(destination, true);
    }
    if (entry != null) {
      entry.write(cursor);
    }
  }

  /** Forgets the cursors of all destinations but these; once, for none comes back. */
  synchronized void keepOnly(Collection<String> destinations) {
    if (forgotten) {
      return;
    }
    forgotten = true;
    for (int at = 0; at + ENTRY <= buffer.capacity(); at += ENTRY) {
      String name = nameAt(at);
      if (name != null && !destinations.contains(name)) {
        buffer.putInt(at, 0);
        entries.remove(name);
      }
    }
  }

  void force() throws IOException {
    piece.force(0, buffer.capacity());
  }

  /** Takes no more cursors. */
  void close() {
    closed = true;
  }

  private @Nullable Entry entry(String destination, boolean make) {
    Entry entry = entries.get(destination);
    if (entry != null) {
      return entry;
    }
    int free = -1;
    for (int at = 0; at + ENTRY <= buffer.capacity(); at += ENTRY) {
      String name = nameAt(at);
      if (destination.equals(name)) {
        entry = new Entry(at);
        entries.put(destination, entry);
        return entry;
      }
      if (name == null && free < 0) {
        free = at;
      }
    }
    byte[] name = name(destination);
    if (!make || free < 0) {
      return null;
    }
    buffer.put(free, new byte[ENTRY]);
    buffer.put(free + 8, name);
    buffer.putInt(free + 4, checksum(free + 8, name.length));
    buffer.putInt(free, name.length);
    entry = new Entry(free);
    entries.put(destination, entry);
    return entry;
  }

  private static byte[] name(String destination) {
    byte[] name = destination.getBytes(StandardCharsets.UTF_8);
    if (name.length > MAX_NAME) {
      throw new IllegalArgumentException(
          "the name of a destination has more than " + MAX_NAME + " bytes: " + destination);
    }
    return name;
  }

  private @Nullable String nameAt(int at) {
    int length = buffer.getInt(at);
    if (length <= 0 || length > MAX_NAME || checksum(at + 8, length) != buffer.getInt(at + 4)) {
      return null;
    }
    byte[] name = new byte[length];
    buffer.get(at + 8, name);
    return new String(name, StandardCharsets.UTF_8);
  }

  private int checksum(int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().limit(from + length).position(from));
    return (int) crc.getValue();
  }

  private final class Entry {

    private final int at;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer bytes = ByteBuffer.allocate(SLOT).order(ByteOrder.LITTLE_ENDIAN);
    private long generation;
    private volatile @Nullable Cursor last;

    Entry(int at) {
      this.at = at;
      read(at + SLOT_A);
      read(at + SLOT_B);
    }

    private void read(int slot) {
      long found = buffer.getLong(slot);
      if (found > generation && checksum(slot, SLOT - 4) == buffer.getInt(slot + SLOT - 4)) {
        generation = found;
        last =
            new Cursor(
                buffer.getLong(slot + 8),
                buffer.getLong(slot + 16),
                buffer.getInt(slot + 32),
                buffer.getLong(slot + 24));
      }
    }

    void write(Cursor cursor) {
      generation++;
      bytes.putLong(0, generation);
      bytes.putLong(8, cursor.segmentId);
      bytes.putLong(16, cursor.sequence);
      bytes.putLong(24, cursor.onTheWay);
      bytes.putInt(32, cursor.offset);
      crc.reset();
      crc.update(bytes.array(), 0, SLOT - 4);
      bytes.putInt(SLOT - 4, (int) crc.getValue());
      buffer.put(at + ((generation & 1) == 0 ? SLOT_A : SLOT_B), bytes.array());
      last = cursor;
    }
  }
}
