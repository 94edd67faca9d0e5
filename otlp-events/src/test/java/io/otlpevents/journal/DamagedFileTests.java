package io.otlpevents.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.ledger.EvictionReason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that were cut, flipped or written over, each in every place. */
class DamagedFileTests {

  private static final int SEGMENT = 64 * 1024;
  private static final Path ROOT = Path.of("/journal");
  private static final int RECORDS = 36;

  private FakeDisk disk;
  private byte[] segment;
  private byte[] cursors;
  private int acknowledged;

  /** Where each frame begins, and where the last one ends. */
  private final List<Integer> frames = new ArrayList<>();

  @BeforeEach
  void writeSegment() {
    write(true, 0);
  }

  @AfterEach
  void dispose() {
    disk.dispose();
  }

  private void write(boolean sealed, int toAcknowledge) {
    disk = new FakeDisk();
    frames.clear();
    acknowledged = toAcknowledge;
    FaultyFiles files = new FaultyFiles(disk);
    Journal journal = open(files);
    JournalReader reader = journal.openReader("a");
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = new byte[Journal.PREFIX + length(i)];
      JournalModel.fill(record, i, length(i));
      frames.add(journal.active().claimedTo());
      assertThat(journal.append(new Claim(), record, length(i), false, false))
          .isEqualTo(AppendResult.APPENDED);
    }
    frames.add(journal.active().claimedTo());
    if (toAcknowledge > 0) {
      int[] read = {0};
      reader.read((bytes, offset, length) -> read[0]++ < toAcknowledge);
      reader.acknowledge(reader.mark());
      reader.acknowledge(reader.mark());
    }
    if (sealed) {
      journal.close();
    }
    files.die();
    segment = bytes(ROOT.resolve("0/0.segment"));
    cursors = bytes(ROOT.resolve("0/cursors"));
  }

  private static int length(int number) {
    return 4 + number * 37 % 701;
  }

  private byte[] bytes(Path file) {
    ByteBuffer buffer = disk.files.get(file).buffer;
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  private static Journal open(FileLayer files) {
    DiskSettings settings = DiskSettings.in(ROOT);
    return new Journal(
        new JournalSettings(
            4 * SEGMENT,
            SEGMENT,
            16 * 1024,
            OverflowPolicy.BLOCK,
            Duration.ZERO,
            0,
            null,
            settings),
        new SegmentOrigin(new byte[] {1, 2, 3}, new byte[] {4, 5}),
        new DiskStorage(files, settings, JournalClock.SYSTEM),
        JournalClock.SYSTEM,
        false);
  }

  /** What a successor makes of these files. */
  private Outcome recover(byte[] segmentBytes, byte[] cursorBytes) {
    return recover(new FakeDisk(), segmentBytes, cursorBytes, true);
  }

  private static Outcome recover(
      FakeDisk on, byte[] segmentBytes, byte[] cursorBytes, boolean verify) {
    on.directories.add(ROOT);
    on.directories.add(ROOT.resolve("0"));
    on.add(ROOT.resolve("0/0.segment"), segmentBytes.length).buffer.put(0, segmentBytes);
    on.add(ROOT.resolve("0/cursors"), cursorBytes.length).buffer.put(0, cursorBytes);
    Outcome outcome = new Outcome();
    Journal journal = open(new FaultyFiles(on));
    JournalReader reader = journal.openReader("a");
    outcome.recovered = reader.recovered();
    long before;
    do {
      before = reader.position();
      reader.origin();
      reader.read((bytes, offset, length) -> outcome.take(bytes, offset, length, verify));
    } while (reader.position() != before);
    for (EvictionReason reason : EvictionReason.values()) {
      outcome.lost += reader.takeLost(reason);
    }
    on.dispose();
    return outcome;
  }

  private static final class Outcome {
    final List<Integer> read = new ArrayList<>();
    long recovered;
    long lost;
    int altered;

    boolean take(ByteBuffer bytes, int offset, int length, boolean verify) {
      int number = length < 4 ? -1 : Integer.reverseBytes(bytes.getInt(offset));
      boolean whole = number >= 0 && number < RECORDS && length == length(number);
      for (int i = 4; i < length && whole; i++) {
        whole = bytes.get(offset + i) == (byte) (number * 31 + i * 7 + length);
      }
      altered += whole || !verify ? 0 : 1;
      return read.add(number);
    }

    void balances(String what) {
      assertThat(altered).as(what + ": altered").isZero();
      assertThat(read.size() + lost).as(what + ": read and lost of recovered").isEqualTo(recovered);
    }
  }

  @Test
  void aSealedSegmentThatIsCutAnywhereGivesWhatIsWholeAndCountsTheRest() {
    for (int size = 0; size < segment.length; size = next(size)) {
      Outcome outcome = recover(java.util.Arrays.copyOf(segment, size), cursors);
      String what = "cut at " + size;
      outcome.balances(what);
      int whole = whole(size);
      int dataStart = frames.get(0);
      assertThat(outcome.read).as(what).isEqualTo(numbers(0, size < dataStart - 16 ? 0 : whole));
      if (size >= dataStart) {
        assertThat(outcome.lost).as(what).isEqualTo(RECORDS - whole);
      } else if (size > 0) {
        assertThat(outcome.lost).as(what).isPositive();
      }
    }
  }

  @Test
  void anUnsealedSegmentThatIsCutAnywhereGivesWhatIsWholeAndCountsOneAtLeast() {
    write(false, 0);
    for (int size = 0; size < segment.length; size = next(size)) {
      Outcome outcome = recover(java.util.Arrays.copyOf(segment, size), cursors);
      String what = "cut at " + size;
      outcome.balances(what);
      int whole = whole(size);
      assertThat(outcome.read).as(what).isEqualTo(numbers(0, whole));
      if (size > 0 && whole < RECORDS) {
        assertThat(outcome.lost).as(what).isPositive();
      }
    }
  }

  /** Every place, but few of the zeros behind the frames, which say the same everywhere. */
  private int next(int at) {
    boolean zeros = at > frames.get(RECORDS) + 64 && at < segment.length - 512;
    return at + (zeros ? 997 : 1);
  }

  /** How many records lie whole before this place; a frame ends with zeros nobody needs. */
  private int whole(int size) {
    int whole = 0;
    while (whole < RECORDS && frames.get(whole) + 16 + length(whole) <= (size & ~7)) {
      whole++;
    }
    return whole;
  }

  @Test
  void noFlippedBitOfASealedSegmentAltersARecordOrLosesAnotherOne() {
    flipAll("sealed", true);
  }

  @Test
  void noFlippedBitOfAnUnsealedSegmentAltersARecordOrLosesAnotherOne() {
    write(false, 0);
    flipAll("unsealed", false);
  }

  @Test
  void noFlippedBitLosesARecordBehindTheCursor() {
    write(false, 11);
    flipAll("unsealed and partly delivered", false);
  }

  private void flipAll(String what, boolean exact) {
    long flips = 0;
    long lost = 0;
    for (int at = 0; at < segment.length; at = next(at)) {
      for (int bit = 0; bit < 8; bit++) {
        segment[at] ^= (byte) (1 << bit);
        Outcome outcome = recover(segment, cursors);
        segment[at] ^= (byte) (1 << bit);
        String place = what + ", bit " + bit + " of byte " + at;
        flips++;
        outcome.balances(place);
        int hit = hit(at);
        List<Integer> expected = numbers(acknowledged, RECORDS);
        if (hit >= acknowledged && outcome.read.size() < expected.size()) {
          expected.remove(Integer.valueOf(hit));
        }
        assertThat(outcome.read).as(place).isEqualTo(expected);
        lost += outcome.lost;
        if (exact || hit >= acknowledged && hit < RECORDS - 1) {
          assertThat(outcome.lost)
              .as(place)
              .isEqualTo(RECORDS - acknowledged - outcome.read.size());
        } else {
          assertThat(outcome.lost).as(place).isLessThanOrEqualTo(1);
        }
      }
    }
    System.out.println(what + " segment: " + flips + " bits flipped, 0 altered, " + lost + " lost");
  }

  /** The record in which a place lies; -1 outside all. */
  private int hit(int at) {
    for (int i = 0; i < RECORDS; i++) {
      if (at >= frames.get(i) && at < frames.get(i) + 16 + length(i)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void noFlippedBitOfTheCursorsLosesARecord() {
    write(false, 11);
    int flips = 0;
    for (int at = 0; at < 1024; at++) {
      for (int bit = 0; bit < 8; bit++) {
        cursors[at] ^= (byte) (1 << bit);
        Outcome outcome = recover(segment, cursors);
        cursors[at] ^= (byte) (1 << bit);
        flips++;
        String place = "bit " + bit + " of byte " + at;
        outcome.balances(place);
        assertThat(outcome.lost).as(place).isZero();
        assertThat(outcome.read).as(place).endsWith(RECORDS - 1).hasSizeGreaterThanOrEqualTo(25);
        assertThat(outcome.read)
            .as(place)
            .isEqualTo(numbers(RECORDS - outcome.read.size(), RECORDS));
      }
    }
    System.out.println("cursors: " + flips + " bits flipped, none lost");
  }

  @Test
  void cursorsThatAreCutLoseNoRecord() {
    write(false, 11);
    for (int size = 0; size < 2048; size++) {
      Outcome outcome = recover(segment, java.util.Arrays.copyOf(cursors, size));
      outcome.balances("cut at " + size);
      assertThat(outcome.read).isEqualTo(numbers(0, RECORDS));
    }
  }

  @Test
  void aSegmentThatWasBeingCleanedIsNotTakenForOne() {
    write(true, 0);
    int lost = 0;
    for (int zeros = 8; zeros <= segment.length; zeros += 512) {
      // As Journal.clean does it: the mark, then zeros from the beginning.
      byte[] half = segment.clone();
      java.util.Arrays.fill(half, 8, zeros, (byte) 0);
      ByteBuffer.wrap(half).order(ByteOrder.LITTLE_ENDIAN).putLong(0, SegmentHeader.CLEANING);
      Outcome outcome = recover(half, new byte[CursorFile.SIZE]);
      outcome.balances("cleaned to " + zeros);
      assertThat(outcome.read).isEmpty();
      lost += (int) outcome.lost;
    }
    assertThat(lost).isZero();
  }

  @Test
  void cleaningLeavesNothing() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(segment.length).put(0, segment);
    Journal.clean(buffer);
    assertThat(FrameScan.isBlank(buffer)).isTrue();
  }

  @Test
  void anythingMayBeInTheFiles() {
    Long only = Long.getLong("journal.seed");
    long seed = only == null ? new SplittableRandom().nextLong() : only;
    System.out.println("hostile files: -Djournal.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int rounds = Integer.getInteger("journal.hostile", 1500);
    for (int i = 0; i < rounds; i++) {
      byte[] bytes = hostile(random);
      byte[] cursorBytes = cursors.clone();
      if (random.nextInt(4) == 0) {
        random.nextBytes(cursorBytes);
      }
      Outcome outcome = recover(new FakeDisk(), bytes, cursorBytes, false);
      assertThat(outcome.read.size() + outcome.lost)
          .as("seed " + seed + ", file " + i)
          .isEqualTo(outcome.recovered);
      assertThat(outcome.recovered).isBetween(0L, (long) SEGMENT);
    }
  }

  private byte[] hostile(SplittableRandom random) {
    if (random.nextInt(4) == 0) {
      byte[] bytes = new byte[random.nextInt(SEGMENT * 2)];
      random.nextBytes(bytes);
      return bytes;
    }
    byte[] bytes =
        random.nextInt(4) == 0
            ? java.util.Arrays.copyOf(segment, random.nextInt(segment.length))
            : segment.clone();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int[] nasty = {-1, 0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x4000_0000, 0x7FFF_FFF8, 8, 24};
    for (int n = random.nextInt(20); n >= 0 && bytes.length > 64; n--) {
      int at =
          random.nextBoolean()
              ? random.nextInt(bytes.length - 8) & ~7
              : Math.min(bytes.length - 16, frames.get(random.nextInt(RECORDS)));
      switch (random.nextInt(4)) {
        case 0 -> buffer.putInt(at, nasty[random.nextInt(nasty.length)]);
        case 1 -> buffer.putLong(at, random.nextLong());
        case 2 -> buffer.putInt(at + 4, nasty[random.nextInt(nasty.length)]);
        default -> {
          int from = random.nextInt(bytes.length);
          int length =
              Math.min(random.nextInt(4096), Math.min(bytes.length - from, bytes.length - at));
          System.arraycopy(bytes, from, bytes, at, length);
        }
      }
    }
    return bytes;
  }

  @Test
  void aSealWithImpossibleNumbersIsNotBelieved() {
    SegmentHeader header = SegmentHeader.read(littleEndian(segment));
    int[] numbers = {Integer.MAX_VALUE, SEGMENT, RECORDS};
    for (int number : numbers) {
      byte[] forged = segment.clone();
      Segment.writeSeal(
          littleEndian(forged), frames.get(0), header.seed(), Long.MAX_VALUE - 5, number);
      Outcome outcome = recover(forged, cursors);
      outcome.balances("seal of " + number);
      assertThat(outcome.read).isEqualTo(numbers(0, RECORDS));
      assertThat(outcome.lost).isZero();
    }
  }

  @Test
  void searchingIsBoundedHoweverOftenItIsBegun() {
    // Headers at every place, each of which seems to reach the end.
    int size = 4 << 20;
    ByteBuffer buffer = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at + 64 <= size; at += 8) {
      buffer.putLong(at, SegmentHeader.MAGIC);
    }
    assertThat(SegmentHeader.read(buffer)).isNull();
    // Candidates of frames at every place, each as long as can be.
    FrameScan scan = new FrameScan();
    for (int at = 0; at + 16 <= size; at += 16) {
      buffer
          .putInt(at, (size - at - 16) & ~7)
          .putInt(at + 4, 7)
          .putInt(at + 8, 0)
          .putInt(at + 12, 1);
    }
    scan.begin(buffer);
    for (int at = 0; at < size; at += 16) {
      assertThat(scan.find(buffer, 1, at, size, 0)).isNegative();
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static List<Integer> numbers(int from, int to) {
    return new ArrayList<>(IntStream.range(from, to).boxed().toList());
  }
}
