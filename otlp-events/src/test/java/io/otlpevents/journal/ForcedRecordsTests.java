package io.otlpevents.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ForcedRecordsTests {

  private static final int SEGMENT = 64 * 1024;

  @TempDir Path directory;

  private final SpyFiles files = new SpyFiles();
  private final List<Journal> opened = new ArrayList<>();

  @AfterEach
  void closeJournals() {
    files.before = () -> {};
    opened.forEach(Journal::close);
  }

  @ParameterizedTest
  @EnumSource(FsyncPolicy.class)
  void forcesARecordWhateverThePolicyIs(FsyncPolicy policy) throws Exception {
    Journal journal = open(policy);
    long position = append(journal, 100);
    assertThat(force(journal, position)).isEqualTo(ForceOutcome.FORCED);
    assertThat(isForced(position)).isTrue();
    if (policy == FsyncPolicy.OS) {
      assertThat(files.entries).contains(files.forced.get(0).file());
    }
    // Each directory on the way to the file, as far as it was made.
    assertThat(files.entries)
        .contains(
            directory.resolve("made"), directory.resolve("made/b"), directory.resolve("made/b/0"))
        .doesNotContain(directory);
  }

  @ParameterizedTest
  @EnumSource(
      value = FsyncPolicy.class,
      names = {"INTERVAL", "ALWAYS"})
  void forcesThatDirectoriesExistBeforeTheFirstRecord(FsyncPolicy policy) {
    open(policy);
    assertThat(files.entries)
        .contains(
            directory.resolve("made"), directory.resolve("made/b"), directory.resolve("made/b/0"));
  }

  @Test
  void forcesNothingUnlessItIsAsked() {
    Journal journal = open(FsyncPolicy.OS);
    for (int i = 0; i < 500; i++) {
      append(journal, 1000);
    }
    assertThat(files.forced).isEmpty();
  }

  @Test
  void callersShareARound() throws Exception {
    Journal journal = open(FsyncPolicy.OS);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    files.before =
        () -> {
          begun.countDown();
          await(goOn);
        };
    List<CompletableFuture<ForceOutcome>> outcomes = new ArrayList<>();
    outcomes.add(ask(journal, append(journal, 100)));
    await(begun);
    List<Boolean> told = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 200; i++) {
      long position = append(journal, 100);
      CompletableFuture<ForceOutcome> outcome = new CompletableFuture<>();
      journal.whenForced(
          position,
          result -> {
            told.add(isForced(position));
            outcome.complete(result);
          });
      outcomes.add(outcome);
    }
    goOn.countDown();
    for (CompletableFuture<ForceOutcome> outcome : outcomes) {
      assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(ForceOutcome.FORCED);
    }
    assertThat(told).hasSize(200).containsOnly(true);
    assertThat(files.forced).hasSize(2);
  }

  @Test
  void saysSoWhereTheDeviceFailsAndGoesOnInAnotherFile() throws Exception {
    Journal journal = open(FsyncPolicy.OS);
    files.before =
        () -> {
          throw new IOException("broken");
        };
    long position = append(journal, 100);
    assertThat(force(journal, position)).isEqualTo(ForceOutcome.FAILED);
    files.before = () -> {};
    Awaitility.await().until(() -> force(journal, append(journal, 100)) == ForceOutcome.FORCED);
    // What the kernel could not write it may have dropped, so that a second success is none.
    assertThat(force(journal, position)).isEqualTo(ForceOutcome.FAILED);
  }

  @Test
  void saysSoWhereNothingIsLeftToBeForced() throws Exception {
    Journal journal = open(FsyncPolicy.OS);
    JournalReader reader = journal.openReader("a");
    long position = append(journal, 100);
    for (int i = 0; i < 300; i++) {
      append(journal, 1000);
    }
    long[] read = {0};
    long before;
    do {
      before = read[0];
      reader.read((bytes, offset, length) -> ++read[0] > 0);
    } while (read[0] > before);
    reader.acknowledge(reader.mark());
    assertThat(force(journal, position)).isEqualTo(ForceOutcome.RELEASED);
  }

  @Test
  void nobodyWaitsForAJournalThatIsClosed() throws Exception {
    Journal journal = open(FsyncPolicy.OS);
    journal.openReader("a");
    long position = append(journal, 100);
    CompletableFuture<ForceOutcome> pending = ask(journal, position);
    journal.close();
    assertThat(pending.get(30, TimeUnit.SECONDS)).isEqualTo(ForceOutcome.FORCED);
    assertThat(force(journal, position)).isEqualTo(ForceOutcome.FAILED);
  }

  private Journal open(FsyncPolicy policy) {
    DiskSettings disk = DiskSettings.in(directory.resolve("made/b")).withFsync(policy);
    Journal journal =
        new Journal(
            new JournalSettings(
                    64L * SEGMENT, SEGMENT, 16 * 1024, OverflowPolicy.BLOCK, Duration.ofSeconds(30))
                .withDisk(disk),
            new SegmentOrigin(new byte[] {1}, new byte[] {2}),
            new DiskStorage(files, disk, JournalClock.SYSTEM),
            JournalClock.SYSTEM,
            true);
    opened.add(journal);
    return journal;
  }

  private static long append(Journal journal, int length) {
    Claim claim = new Claim();
    long[] end = new long[1];
    claim.listener(position -> end[0] = position);
    assertThat(journal.append(claim, new byte[Journal.PREFIX + length], length, true, false))
        .isEqualTo(AppendResult.APPENDED);
    assertThat(end[0]).isEqualTo(claim.position());
    return end[0];
  }

  private static CompletableFuture<ForceOutcome> ask(Journal journal, long position) {
    CompletableFuture<ForceOutcome> outcome = new CompletableFuture<>();
    journal.whenForced(position, outcome::complete);
    return outcome;
  }

  /** In the first segment a position is an offset in its file. */
  private boolean isForced(long position) {
    return files.forced.stream().anyMatch(one -> one.from() < position && position <= one.to());
  }

  private static ForceOutcome force(Journal journal, long position) throws Exception {
    return ask(journal, position).get(30, TimeUnit.SECONDS);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
