package io.otlpevents.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is read beside an owner that stops, or goes on, at the worst of moments. */
@Timeout(120)
class LiveInspectionTests {

  private static final int SEGMENT = 64 * 1024;

  /** Segments of one length have as many frames each: mistakes may agree with each other. */
  private static final int LENGTH = 1000;

  @TempDir Path directory;

  private final List<Journal> opened = new ArrayList<>();
  private final Claim claim = new Claim();

  @AfterEach
  void closeJournals() {
    opened.forEach(Journal::close);
  }

  private Journal open() {
    DiskSettings disk = DiskSettings.in(directory);
    Journal journal =
        new Journal(
            new JournalSettings(
                8 * SEGMENT,
                SEGMENT,
                16 * 1024,
                OverflowPolicy.BLOCK,
                Duration.ZERO,
                0,
                null,
                disk),
            new SegmentOrigin(new byte[] {1}, new byte[] {2}),
            new DiskStorage(new SystemFiles(), disk, JournalClock.SYSTEM),
            JournalClock.SYSTEM,
            false);
    opened.add(journal);
    return journal;
  }

  private void close(Journal journal) {
    opened.remove(journal);
    journal.close();
  }

  private void append(Journal journal, int count) {
    for (int i = 0; i < count; i++) {
      byte[] record = new byte[Journal.PREFIX + LENGTH];
      AppendResult result = journal.append(claim, record, LENGTH, false, true);
      if (result == AppendResult.FULL) {
        attend(journal);
        result = journal.append(claim, record, LENGTH, false, true);
      }
      assertThat(result).isEqualTo(AppendResult.APPENDED);
    }
    attend(journal);
  }

  private static void attend(Journal journal) {
    for (int i = 0; i < 4 && journal.attend(); i++) {
      // Until there is nothing to do.
    }
  }

  /** Fills the segment that is written to. */
  private void fill(Journal journal) {
    Segment active = journal.active();
    while (journal.active() == active) {
      append(journal, 1);
    }
  }

  private static void acknowledge(Journal journal, JournalReader reader) {
    for (long before = -1; before != reader.position(); ) {
      before = reader.position();
      reader.origin();
      reader.read((bytes, offset, length) -> true);
    }
    reader.acknowledge(reader.mark());
    attend(journal);
  }

  private InspectedStore read() {
    return new StoreInspector(directory.resolve("0")).read();
  }

  @Test
  void aFrameThatItsWriterHasNotFinishedIsNotTornThoughItsSegmentIsFull() {
    Journal journal = open();
    journal.openReader("a");
    append(journal, 3);
    Segment first = journal.active();
    long begun = first.claim(Segment.align(Segment.FRAME_HEADER + LENGTH));
    fill(journal);
    InspectedStore meanwhile = read();
    assertThat(meanwhile.segments().get(0).state()).isEqualTo(InspectedSegment.State.SEALED);
    assertThat(meanwhile.torn()).isZero();
    assertThat(meanwhile.underWay()).isEqualTo(1);
    assertThat(meanwhile.isClean()).isTrue();
    long whole = meanwhile.intact();

    first.write(begun, new byte[Journal.PREFIX + LENGTH], LENGTH, claim.checksum);
    assertThat(read().intact()).isEqualTo(whole + 1);
    assertThat(read().underWay()).isZero();
  }

  @Test
  void aFrameThatADeadOwnerHasNotFinishedIsTornAlsoBesideItsSuccessor() throws Exception {
    Journal first = open();
    first.openReader("a");
    append(first, 3);
    first.active().claim(Segment.align(Segment.FRAME_HEADER + LENGTH));
    fill(first);
    close(first);
    assertThat(read().torn()).isEqualTo(1);

    long made =
        read().segments().stream().mapToLong(InspectedSegment::createdMillis).max().orElse(0);
    await().until(() -> System.currentTimeMillis() > made);
    Journal second = open();
    second.openReader("a");
    append(second, 1);
    assertThat(read().torn()).isEqualTo(1);
    assertThat(read().isClean()).isFalse();
  }

  /** Each time a file was read, or is going to be, the owner goes on by some segments. */
  @Test
  void nothingIsMissingWhereTheOwnerGoesThroughSegmentsBetweenTwoFiles() {
    long seed = Long.getLong("journal.seed", new SplittableRandom().nextLong());
    System.out.println("live inspection: -Djournal.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Journal journal = open();
    JournalReader reader = journal.openReader("a");
    JournalReader slow = journal.openReader("b");
    append(journal, 200);
    acknowledge(journal, slow);
    AtomicInteger copies = new AtomicInteger();
    StoreInspector inspector =
        new StoreInspector(
            directory.resolve("0"),
            file -> {
              goOn(journal, reader, slow, random);
              ByteBuffer copy = FileCopy.of(file);
              goOn(journal, reader, slow, random);
              copies.incrementAndGet();
              return copy;
            },
            2);
    for (int i = 0; i < 300; i++) {
      InspectedStore store = inspector.read();
      assertThat(store.isClean())
          .as(
              "round %d of seed %d: missing %d, lacking %d, damaged %d, torn %d in %s",
              i, seed, store.missing(), store.lacking(), store.damaged(), store.torn(), store)
          .isTrue();
      assertThat(store.settled()).isTrue();
    }
    assertThat(journal.active().id).as("segments that were used").isGreaterThan(300);
    assertThat(copies.get()).isGreaterThan(300);
  }

  private void goOn(
      Journal journal, JournalReader reader, JournalReader slow, SplittableRandom random) {
    if (random.nextInt(3) > 0) {
      return;
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      acknowledge(journal, reader);
      if (random.nextInt(3) > 0 || journal.tail() - slow.acknowledged() > 2 * SEGMENT) {
        acknowledge(journal, slow);
      }
      append(journal, random.nextInt(70));
    }
  }

  @Test
  void whatWasRemovedIsMissingAlsoWhereOneDestinationHasPassedIt() throws Exception {
    Journal journal = open();
    JournalReader quick = journal.openReader("a");
    journal.openReader("b");
    for (int i = 0; i < 3; i++) {
      fill(journal);
    }
    append(journal, 1);
    acknowledge(journal, quick);
    InspectedStore whole = read();
    assertThat(whole.isClean()).isTrue();
    InspectedSegment second = whole.segments().get(1);
    Files.delete(second.file());
    assertThat(read().missing()).isEqualTo(second.frames());
  }

  @Test
  void aCopyIsOfOneLifeOfItsSegment() throws Exception {
    byte[] present = life(1);
    byte[] following = life(2);
    for (int at = 0; at <= present.length; at += 4096) {
      int begins = at;
      AtomicInteger reads = new AtomicInteger();
      ByteBuffer copy =
          FileCopy.of(
              directory,
              present.length,
              (into, position) -> {
                // It is used anew while a part of it has been read.
                boolean old = reads.getAndIncrement() * 4096 < begins;
                int length = Math.min(4096, into.remaining());
                into.put(old ? present : following, (int) position, length);
                return length;
              });
      byte[] bytes = new byte[copy.capacity()];
      copy.get(0, bytes);
      assertThat(bytes).as("used anew at %d", at).isIn(present, following);
    }
  }

  private static byte[] life(long id) {
    ByteBuffer segment = ByteBuffer.allocate(SEGMENT).order(ByteOrder.LITTLE_ENDIAN);
    new SegmentHeader(id, id, 0, SEGMENT, new SegmentOrigin(new byte[0], new byte[0]))
        .write(segment);
    for (int at = 4096; at < SEGMENT - 4096; at += 8) {
      segment.putLong(at, id);
    }
    return segment.array();
  }
}
