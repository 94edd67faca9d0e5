package io.otlpevents.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.ledger.EvictionReason;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskJournalTests {

  private static final int SEGMENT = 64 * 1024;
  private static final byte[] RESOURCE = {1, 2, 3};
  private static final byte[] SCOPE = {4, 5};

  @TempDir Path directory;

  private final List<Journal> opened = new ArrayList<>();

  @AfterEach
  void closeJournals() {
    opened.forEach(Journal::close);
  }

  @Test
  void theNextProcessFindsWhatWasNotAcknowledged() {
    Journal first = open(4);
    JournalReader reader = first.openReader("a");
    appendAll(first, 0, 300);
    List<Integer> read = new ArrayList<>();
    reader.read((bytes, offset, length) -> read.size() < 120 && read.add(bytes.getInt(offset)));
    reader.acknowledge(reader.mark());
    first.close();

    Journal second = open(4);
    JournalReader again = second.openReader("a");
    assertThat(again.recovered()).isEqualTo(180);
    appendAll(second, 300, 310);
    assertThat(readAll(again)).containsExactlyElementsOf(numbers(120, 310));
    assertThat(again.takeLost(EvictionReason.DAMAGED)).isZero();
    assertThat(again.takeLost(EvictionReason.TORN)).isZero();
  }

  @Test
  void aNewReaderBeginsWithTheOldestAndAnOldOneWhereItWas() {
    Journal first = open(4);
    JournalReader reader = first.openReader("a");
    first.openReader("b");
    appendAll(first, 0, 100);
    readAll(reader);
    reader.acknowledge(reader.mark());
    first.close();

    Journal second = open(4);
    assertThat(readAll(second.openReader("a"))).isEmpty();
    assertThat(readAll(second.openReader("b"))).containsExactlyElementsOf(numbers(0, 100));
  }

  @Test
  void leavesNothingBehindWhenEverythingWasAcknowledged() throws Exception {
    Journal first = open(4);
    JournalReader reader = first.openReader("a");
    appendAll(first, 0, 300);
    readAll(reader);
    reader.acknowledge(reader.mark());
    first.close();
    try (Stream<Path> files = Files.list(directory.resolve("0"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("lock", "cursors");
    }
  }

  @Test
  void twoAtATimeHaveADirectoryEachAndASuccessorTakesBothOver() {
    Journal first = open(4);
    Journal second = open(4);
    first.openReader("a");
    second.openReader("a");
    appendAll(first, 0, 100);
    appendAll(second, 1000, 1100);
    first.close();
    second.close();

    Journal third = open(4);
    JournalReader reader = third.openReader("a");
    appendAll(third, 2000, 2010);
    assertThat(reader.recovered()).isEqualTo(200);
    List<Integer> read = readAll(reader);
    assertThat(read).hasSize(210).doesNotHaveDuplicates();
    assertThat(read.stream().filter(number -> number < 1000))
        .containsExactlyElementsOf(numbers(0, 100));
    reader.acknowledge(reader.mark());
    third.close();

    assertThat(readAll(open(4).openReader("a"))).isEmpty();
  }

  @Test
  void goesOnWhenSegmentsAreUsedAgain() {
    Journal journal = open(4);
    JournalReader reader = journal.openReader("a");
    List<Integer> read = new ArrayList<>();
    for (int i = 0; i < 20_000; i += 50) {
      appendAll(journal, i, i + 50);
      read.addAll(readAll(reader));
      reader.acknowledge(reader.mark());
    }
    assertThat(read).containsExactlyElementsOf(numbers(0, 20_000));
    assertThat(journal.size()).isLessThanOrEqualTo(4 * SEGMENT);
  }

  @Test
  void whatADirectoryWithoutSegmentsHadIsCountedOnce() throws Exception {
    Journal first = open(4);
    Journal second = open(4);
    JournalReader ahead = second.openReader("a");
    JournalReader behind = second.openReader("b");
    appendAll(second, 0, 50);
    for (JournalReader reader : List.of(ahead, behind)) {
      readAll(reader);
      reader.acknowledge(reader.mark());
    }
    appendAll(second, 50, 100);
    readAll(ahead);
    ahead.acknowledge(ahead.mark());
    first.close();
    second.close();
    try (Stream<Path> files = Files.list(directory.resolve("1"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".segment")).toList()) {
        Files.delete(file);
      }
    }

    Journal third = open(4);
    JournalReader whole = third.openReader("a");
    JournalReader lacking = third.openReader("b");
    assertThat(whole.recovered()).isZero();
    assertThat(lacking.recovered()).isEqualTo(50);
    assertThat(readAll(lacking)).isEmpty();
    assertThat(lacking.takeLost(EvictionReason.DAMAGED)).isEqualTo(50);
    // Whoever has the directory next does not miss it once more.
    Journal fourth = open(4);
    appendAll(fourth, 100, 110);
    JournalReader next = fourth.openReader("b");
    assertThat(next.recovered()).isZero();
    assertThat(readAll(next)).containsExactlyElementsOf(numbers(100, 110));
    assertThat(next.takeLost(EvictionReason.DAMAGED)).isZero();
  }

  @Test
  void recordsOfAnotherProcessAreReadUnderTheirOrigin() {
    Journal first = open(4);
    first.openReader("a");
    appendAll(first, 0, 10);
    first.close();
    Journal second =
        new Journal(settings(4).withDisk(DiskSettings.in(directory)), new byte[] {9}, SCOPE);
    opened.add(second);
    JournalReader reader = second.openReader("a");
    appendAll(second, 10, 20);
    assertThat(reader.origin().resource()).containsExactly(RESOURCE);
    assertThat(readOnce(reader)).containsExactlyElementsOf(numbers(0, 10));
    assertThat(reader.origin().resource()).containsExactly(9);
    assertThat(readOnce(reader)).containsExactlyElementsOf(numbers(10, 20));
  }

  private Journal open(int segments) {
    Journal journal =
        new Journal(settings(segments).withDisk(DiskSettings.in(directory)), RESOURCE, SCOPE);
    opened.add(journal);
    return journal;
  }

  private static JournalSettings settings(int segments) {
    return new JournalSettings(
        (long) segments * SEGMENT,
        SEGMENT,
        16 * 1024,
        OverflowPolicy.BLOCK,
        Duration.ofSeconds(30));
  }

  private static void appendAll(Journal journal, int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(append(journal, i, 4 + i % 997)).isEqualTo(AppendResult.APPENDED);
    }
  }

  private static AppendResult append(Journal journal, int number, int length) {
    byte[] bytes = new byte[Journal.PREFIX + length];
    ByteBuffer record =
        ByteBuffer.wrap(bytes)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
            .putInt(Journal.PREFIX, number);
    for (int i = Journal.PREFIX + 4; i < bytes.length; i++) {
      record.put(i, (byte) (number + i - Journal.PREFIX));
    }
    return journal.append(new Claim(), bytes, length, true, false);
  }

  private static List<Integer> readAll(JournalReader reader) {
    List<Integer> read = new ArrayList<>();
    int before;
    do {
      before = read.size();
      read.addAll(readOnce(reader));
    } while (read.size() > before);
    return read;
  }

  private static List<Integer> readOnce(JournalReader reader) {
    List<Integer> read = new ArrayList<>();
    reader.read(
        (bytes, offset, length) -> {
          int number = bytes.getInt(offset);
          for (int i = 4; i < length; i++) {
            assertThat(bytes.get(offset + i)).isEqualTo((byte) (number + i));
          }
          return read.add(number);
        });
    return read;
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }
}
