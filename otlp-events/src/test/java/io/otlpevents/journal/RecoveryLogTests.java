package io.otlpevents.journal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class RecoveryLogTests {

  private static final int SEGMENT = 64 * 1024;

  @TempDir Path directory;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Journal.class);
  private final List<Journal> opened = new ArrayList<>();

  @BeforeEach
  void listen() {
    log.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(log);
  }

  @AfterEach
  void end() {
    opened.forEach(Journal::close);
    logger.detachAppender(log);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  private Journal open() {
    Journal journal =
        new Journal(
            new JournalSettings(
                    16L * SEGMENT, SEGMENT, 16 * 1024, OverflowPolicy.BLOCK, Duration.ofSeconds(30))
                .withDisk(DiskSettings.in(directory)),
            new byte[0],
            new byte[0]);
    opened.add(journal);
    return journal;
  }

  private void close(Journal journal) {
    opened.remove(journal);
    journal.close();
  }

  private static void append(Journal journal, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(journal.append(new Claim(), new byte[Journal.PREFIX + 1000], 1000, true, false))
          .isEqualTo(AppendResult.APPENDED);
    }
  }

  private List<String> logged(Level level) {
    return log.list.stream()
        .filter(event -> event.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void saysOnceWhatEarlierProcessesLeft() {
    Journal one = open();
    Journal two = open();
    JournalReader reader = one.openReader("a");
    append(one, 100);
    append(two, 20);
    int[] read = new int[1];
    reader.read((bytes, offset, length) -> read[0]++ < 70);
    reader.acknowledge(reader.mark());
    close(one);
    close(two);
    assertThat(logged(Level.INFO)).isEmpty();

    open().openReader("a");
    assertThat(logged(Level.INFO))
        .containsExactly(
            "Journal: took over 50 events ("
                + 2 * SEGMENT
                + " bytes of files, 2 sub-directories) that earlier processes left in "
                + directory);
    assertThat(logged(Level.WARN)).isEmpty();
  }

  @Test
  void warnsOfFilesThatCannotBeRead() throws Exception {
    Journal first = open();
    first.openReader("a");
    append(first, 20);
    close(first);
    Path segment = directory.resolve("0/0.segment");
    byte[] bytes = Files.readAllBytes(segment);
    for (int i = 0; i < 64; i++) {
      bytes[i] ^= 1;
      bytes[bytes.length - 1 - i] ^= 1;
    }
    Files.write(segment, bytes);

    assertThat(open().openReader("a").recovered()).isEqualTo(20);
    assertThat(logged(Level.INFO)).isEmpty();
    assertThat(logged(Level.WARN))
        .filteredOn(message -> message.startsWith("Journal: "))
        .containsExactly(
            "Journal: 1 files in "
                + directory
                + " cannot be read and were set aside as *.damaged; what was in them is counted as"
                + " DAMAGED");
  }

  @Test
  void saysNothingWhereNothingWasLeft() {
    Journal first = open();
    JournalReader reader = first.openReader("a");
    append(first, 20);
    reader.read((bytes, offset, length) -> true);
    reader.acknowledge(reader.mark());
    close(first);
    open();
    assertThat(log.list).isEmpty();
  }
}
