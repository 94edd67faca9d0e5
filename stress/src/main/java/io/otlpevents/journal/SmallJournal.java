package io.otlpevents.journal;

import io.otlpevents.ledger.EvictionReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Journals in memory whose segments hold a few records, so that one is made in microseconds. Nobody
 * attends to them: they have no thread, and a test calls {@link Journal#attend} itself.
 *
 * <p>A record is a number from 0 to 35 and the same number inverted; in results it is the digit of
 * that number, so actors write 'a', 'b', 'c'.
 */
final class SmallJournal {

  /** Bytes of a record. */
  static final int RECORD = 8;

  /** Bytes of a record's frame. */
  static final int FRAME = Segment.align(Segment.FRAME_HEADER + RECORD);

  /** In a result: no record. */
  static final String NOTHING = "-";

  /** How often those try again who depend on another actor's progress. */
  static final int TRIES = 200;

  private static final int NOMINAL = 64 * 1024;
  private static final int SLAB = 256 * 1024;
  private static final SegmentOrigin ORIGIN = new SegmentOrigin(new byte[0], new byte[0]);
  private static final int OVERHEAD = Segment.overhead(ORIGIN);

  private static ByteBuffer slab = ByteBuffer.allocateDirect(SLAB);

  private SmallJournal() {}

  /** One of so many segments at most, each with room for so many records exactly. */
  static Journal open(int segments, int records, OverflowPolicy overflow) {
    JournalSettings settings =
        new JournalSettings((long) segments * NOMINAL, NOMINAL, 1024, overflow, Duration.ZERO);
    Storage storage = new SmallPieces(OVERHEAD + records * FRAME);
    return new Journal(settings, ORIGIN, storage, JournalClock.SYSTEM, false);
  }

  /** A segment alone, with so many bytes for frames. */
  static Segment segment(int room) {
    ByteBuffer buffer = take(OVERHEAD + room);
    SegmentHeader header = new SegmentHeader(0, 0x5EED, 0, buffer.capacity(), ORIGIN);
    return new Segment(() -> buffer, 0, header, 0, 0);
  }

  /** Zeros. Each is used once; to ask the system for each would cost more than the test. */
  private static synchronized ByteBuffer take(int size) {
    if (slab.remaining() < size) {
      slab = ByteBuffer.allocateDirect(SLAB);
    }
    ByteBuffer piece = slab.slice(slab.position(), size);
    slab.position(slab.position() + size);
    return piece;
  }

  /** Bytes to append, with room in front. */
  static byte[] record(char name) {
    byte[] bytes = new byte[Journal.PREFIX + RECORD];
    int number = Character.digit(name, 36);
    ByteBuffer.wrap(bytes).putInt(Journal.PREFIX, number).putInt(Journal.PREFIX + 4, ~number);
    return bytes;
  }

  /** Appends one record for each character; a letter for what became of each. */
  static String append(Journal journal, String names) {
    Claim claim = new Claim();
    StringBuilder results = new StringBuilder();
    for (int i = 0; i < names.length(); i++) {
      results.append(letter(append(journal, claim, names.charAt(i))));
    }
    return results.toString();
  }

  /** The same for one record, tried again while there is no room. */
  static String appendInsistently(Journal journal, char name) {
    Claim claim = new Claim();
    AppendResult result = append(journal, claim, name);
    for (int i = 1; i < TRIES && result == AppendResult.FULL; i++) {
      Thread.onSpinWait();
      result = append(journal, claim, name);
    }
    return String.valueOf(letter(result));
  }

  static AppendResult append(Journal journal, Claim claim, char name) {
    return journal.append(claim, record(name), RECORD, false, false);
  }

  /** A, U, F or C. */
  private static char letter(AppendResult result) {
    return result.name().charAt(0);
  }

  /** Claims a place and leaves it open, as an append does that runs out of stack or memory. */
  static Claim openClaim(Journal journal) {
    Claim claim = new Claim();
    claim.listener(
        position -> {
          throw new OutOfMemoryError("on purpose");
        });
    try {
      append(journal, claim, 'x');
      throw new IllegalStateException("appended");
    } catch (OutOfMemoryError e) {
      return claim;
    }
  }

  /** Writes a record into a place that was claimed before. */
  static void write(Segment segment, long claim, char name) {
    segment.write(claim, record(name), RECORD, new CRC32C());
  }

  /** Reads what there is: the records' names, "?" for a torn one, "!" if the reader lost any. */
  static String read(JournalReader reader) {
    StringBuilder names = new StringBuilder();
    reader.read((bytes, offset, length) -> names.append(name(bytes, offset, length)) != null);
    return withLosses(names, reader);
  }

  /**
   * Reads what is left and closes the journal; "#" if a reader took a record that was not written
   * yet for a damaged one, which it finds again later, but the memory is lost.
   */
  static String rest(Journal journal, JournalReader reader) {
    String names = read(reader);
    journal.close();
    for (Segment segment = journal.oldest(); segment != null; segment = segment.next) {
      if (segment.isDamaged) {
        return names + "#";
      }
    }
    return names;
  }

  /** Reads, with an acknowledgement after each record. */
  static String readAndAcknowledge(JournalReader reader) {
    StringBuilder names = new StringBuilder();
    int before;
    do {
      before = names.length();
      int limit = before + 1;
      reader.read(
          (bytes, offset, length) ->
              names.length() < limit && names.append(name(bytes, offset, length)) != null);
      reader.acknowledge(reader.mark());
    } while (names.length() > before);
    return withLosses(names, reader);
  }

  private static String withLosses(StringBuilder names, JournalReader reader) {
    long lost = reader.takeLost(EvictionReason.DAMAGED) + reader.takeLost(EvictionReason.TORN);
    if (lost != 0) {
      names.append('!').append(lost);
    }
    return names.isEmpty() ? NOTHING : names.toString();
  }

  private static char name(ByteBuffer bytes, int offset, int length) {
    // Segments are little-endian, records here are not.
    int number = Integer.reverseBytes(bytes.getInt(offset));
    boolean whole =
        length == RECORD
            && number == ~Integer.reverseBytes(bytes.getInt(offset + 4))
            && number >= 0
            && number < 36;
    return whole ? Character.forDigit(number, 36) : '?';
  }

  /**
   * What is in a segment: the length of each frame in words of 8 bytes, E for an end, + for
   * anything behind it, and the number of frames the segment says it has; "?" if it ends elsewhere
   * than it says.
   */
  static String walk(Segment segment) {
    StringBuilder found = new StringBuilder();
    int at = segment.dataStart;
    int frames = 0;
    while (at < segment.dataEnd) {
      long word = segment.commitWord(at);
      if (word == (Segment.END & 0xFFFF_FFFFL)) {
        found.append('E');
        break;
      }
      if (word == 0) {
        found.append('_');
        break;
      }
      int size = Segment.align(Segment.FRAME_HEADER + (int) word);
      found.append(size / 8);
      at += size;
      frames++;
    }
    for (int behind = at + 8; behind < segment.dataEnd; behind += 8) {
      if (segment.commitWord(behind) != 0) {
        found.append('+');
      }
    }
    boolean honest = segment.frames < 0 || segment.frames == frames && segment.end == at;
    return found.append(' ').append(segment.frames).append(honest ? "" : "?").toString();
  }

  /** Takes pieces of its own size, whatever the journal asks for. */
  private static final class SmallPieces implements Storage {

    private final int size;

    SmallPieces(int size) {
      this.size = size;
    }

    @Override
    public Piece allocate(int ignored) throws IOException {
      ByteBuffer buffer = take(size);
      return () -> buffer;
    }

    @Override
    public void discard(Piece piece) {}

    @Override
    public boolean isReusable(Piece piece, int ignored) {
      return true;
    }

    @Override
    public boolean isSlow() {
      return false;
    }

    @Override
    public List<StoredSegment> recover() {
      return List.of();
    }
  }
}
