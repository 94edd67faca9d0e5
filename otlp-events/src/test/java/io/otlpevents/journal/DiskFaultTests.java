package io.otlpevents.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.otlpevents.journal.FaultyFiles.Operation;
import io.otlpevents.ledger.EvictionReason;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DiskFaultTests {

  private static final int SEGMENT = 64 * 1024;
  private static final Path ROOT = Path.of("/journal");

  @TempDir Path directory;

  private final List<Journal> opened = new ArrayList<>();
  private final FakeDisk disk = new FakeDisk();

  @AfterEach
  void closeJournals() {
    opened.forEach(Journal::close);
    disk.dispose();
  }

  private Journal open(
      FileLayer files, OverflowPolicy overflow, Duration maxBlock, DiskSettings settings) {
    Journal journal =
        new Journal(
            new JournalSettings(
                4 * SEGMENT, SEGMENT, 16 * 1024, overflow, maxBlock, 0, null, settings),
            new SegmentOrigin(new byte[] {1}, new byte[] {2}),
            new DiskStorage(files, settings, JournalClock.SYSTEM),
            JournalClock.SYSTEM,
            true);
    opened.add(journal);
    return journal;
  }

  private static AppendResult append(Journal journal, int number) {
    byte[] record = new byte[Journal.PREFIX + 1000];
    JournalModel.fill(record, number, 1000);
    return journal.append(new Claim(), record, 1000, true, false);
  }

  private static List<Integer> readAll(JournalReader reader) {
    List<Integer> read = new ArrayList<>();
    long before;
    do {
      before = reader.position();
      reader.origin();
      reader.read((bytes, offset, length) -> read.add(number(bytes, offset, length)));
    } while (reader.position() != before);
    return read;
  }

  private static int number(java.nio.ByteBuffer bytes, int offset, int length) {
    int number = Integer.reverseBytes(bytes.getInt(offset));
    for (int i = 4; i < length; i++) {
      assertThat(bytes.get(offset + i)).isEqualTo((byte) (number * 31 + i * 7 + length));
    }
    return number;
  }

  @Test
  void aFullDiskIsAnsweredByThePolicyAndEndsWithIt() {
    FaultyFiles files = new FaultyFiles(disk);
    Journal journal = open(files, OverflowPolicy.DROP_NEWEST, Duration.ZERO, DiskSettings.in(ROOT));
    JournalReader reader = journal.openReader("a");
    disk.capacity = disk.used();
    int appended = 0;
    while (append(journal, appended) == AppendResult.APPENDED) {
      appended++;
    }
    assertThat(append(journal, appended)).isEqualTo(AppendResult.FULL);
    assertThat(journal.trouble()).contains("No space left on device");

    disk.capacity = Long.MAX_VALUE;
    int next = appended;
    await().until(() -> append(journal, next) == AppendResult.APPENDED);
    assertThat(journal.trouble()).isNull();
    assertThat(readAll(reader)).hasSize(appended + 1).last().isEqualTo(next);
  }

  @Test
  void aCallerThatWaitsOnAFullDiskGoesOnWhenThereIsRoom() {
    FaultyFiles files = new FaultyFiles(disk);
    Journal journal =
        open(files, OverflowPolicy.BLOCK, Duration.ofSeconds(60), DiskSettings.in(ROOT));
    // Before anything is appended: what no reader needs is given back.
    JournalReader reader = journal.openReader("a");
    disk.capacity = disk.used();
    Thread emitter =
        new Thread(
            () -> {
              for (int i = 0; i < 150; i++) {
                append(journal, i);
              }
            });
    emitter.start();
    await().until(() -> journal.trouble() != null);
    disk.capacity = Long.MAX_VALUE;
    await().until(() -> !emitter.isAlive());
    assertThat(readAll(reader)).hasSize(150);
  }

  @Test
  void startsOnAFullDiskEvenIfNothingCanBeMadeThere() {
    FaultyFiles files = new FaultyFiles(disk);
    disk.capacity = 0;
    Journal journal = open(files, OverflowPolicy.DROP_NEWEST, Duration.ZERO, DiskSettings.in(ROOT));
    JournalReader reader = journal.openReader("a");
    assertThat(append(journal, 1)).isEqualTo(AppendResult.FULL);
    disk.capacity = Long.MAX_VALUE;
    await().until(() -> append(journal, 2) == AppendResult.APPENDED);
    assertThat(readAll(reader)).containsExactly(2);
  }

  @Test
  void startsWhateverCannotBeMappedRenamedOrDeleted() {
    for (Operation operation : List.of(Operation.MAP, Operation.RENAME, Operation.DELETE)) {
      FaultyFiles before = new FaultyFiles(disk);
      Journal first =
          open(before, OverflowPolicy.BLOCK, Duration.ofSeconds(5), DiskSettings.in(ROOT));
      append(first, 1);
      opened.remove(first);
      first.close();
      disk.named(StoreDirectory.SEGMENT).forEach(file -> disk.truncate(file, 100));
      disk.add(ROOT.resolve("0/77.segment"), 4096);
      FaultyFiles files = new FaultyFiles(disk);
      files.fail(operation, 100);
      Journal second =
          open(files, OverflowPolicy.BLOCK, Duration.ofSeconds(5), DiskSettings.in(ROOT));
      JournalReader reader = second.openReader("b" + operation);
      assertThat(append(second, 2)).as("%s", operation).isEqualTo(AppendResult.APPENDED);
      assertThat(readAll(reader)).as("%s", operation).last().isEqualTo(2);
      assertThat(reader.takeLost(EvictionReason.DAMAGED))
          .isEqualTo(reader.recovered())
          .isPositive();
      files.heal();
      opened.remove(second);
      second.close();
    }
  }

  @Test
  void goesOnInANewDirectoryWhenItsOwnIsRemoved() throws Exception {
    for (boolean exclusive : new boolean[] {false, true}) {
      Path root = directory.resolve("vanishing-" + exclusive);
      DiskSettings settings = DiskSettings.in(root).withExclusive(exclusive);
      Journal journal =
          open(new SystemFiles(), OverflowPolicy.BLOCK, Duration.ofSeconds(5), settings);
      JournalReader reader = journal.openReader("a");
      append(journal, 1);
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
      await()
          .until(
              () -> journal.active().piece instanceof SegmentFile file && Files.exists(file.path));
      assertThat(append(journal, 2)).isEqualTo(AppendResult.APPENDED);
      assertThat(readAll(reader)).containsExactly(1, 2);
      journal.close();

      Journal next = open(new SystemFiles(), OverflowPolicy.BLOCK, Duration.ofSeconds(5), settings);
      assertThat(readAll(next.openReader("a"))).containsExactly(2);
    }
  }

  /** Unattended: what the journal's thread would do is done here. */
  private Journal openUnattended(FaultyFiles files, JournalClock clock) {
    DiskSettings settings = DiskSettings.in(ROOT);
    Journal journal =
        new Journal(
            new JournalSettings(
                4 * SEGMENT,
                SEGMENT,
                16 * 1024,
                OverflowPolicy.DROP_NEWEST,
                Duration.ZERO,
                0,
                null,
                settings),
            new SegmentOrigin(new byte[] {1}, new byte[] {2}),
            new DiskStorage(files, settings, clock),
            clock,
            false);
    opened.add(journal);
    return journal;
  }

  private static final class StepClock implements JournalClock {
    long nanos = 1_000_000_000L;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public long millis() {
      return nanos / 1_000_000;
    }
  }

  private static void attend(Journal journal) {
    for (int i = 0; i < 4 && journal.attend(); i++) {
      // Until there is nothing to do.
    }
  }

  @Test
  void leavesItsDirectoryToAnotherProcessThatHasMadeItAnew() {
    StepClock clock = new StepClock();
    Journal one = openUnattended(new FaultyFiles(disk), clock);
    JournalReader reader = one.openReader("a");
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      assertThat(append(one, i)).isEqualTo(AppendResult.APPENDED);
      attend(one);
      expected.add(i);
    }
    disk.vanish();
    Journal other = openUnattended(new FaultyFiles(disk), clock);
    other.openReader("a");
    for (int i = 1000; i < 1100; i++) {
      assertThat(append(other, i)).isEqualTo(AppendResult.APPENDED);
      attend(other);
    }
    List<Path> others = disk.named(StoreDirectory.SEGMENT);
    List<Integer> read = new ArrayList<>();
    List<Integer> afterwards = new ArrayList<>();
    // What the first process gives back must not be the other's files of the same names.
    for (int i = 100; i < 500; i++) {
      clock.nanos += 50_000_000;
      if (append(one, i) == AppendResult.APPENDED) {
        expected.add(i);
      }
      attend(one);
      if (i % 10 == 0) {
        one.rest();
      }
      read.addAll(readAll(reader));
      reader.acknowledge(reader.mark());
      attend(one);
    }
    assertThat(read).isEqualTo(expected);
    assertThat(expected).hasSizeGreaterThan(450).contains(499);
    assertThat(disk.locks).containsOnlyKeys(ROOT.resolve("0/lock"), ROOT.resolve("1/lock"));
    assertThat(disk.named(StoreDirectory.SEGMENT))
        .containsAll(others)
        .filteredOn(file -> file.startsWith(ROOT.resolve("0")))
        .hasSameSizeAs(others);
    for (int i = 500; i < 510; i++) {
      assertThat(append(one, i)).isEqualTo(AppendResult.APPENDED);
      afterwards.add(i);
    }
    for (Journal journal : List.of(one, other)) {
      opened.remove(journal);
      journal.close();
    }

    Journal next = openUnattended(new FaultyFiles(disk), clock);
    JournalReader successor = next.openReader("a");
    List<Integer> left = readAll(successor);
    for (int i = 1000; i < 1100; i++) {
      afterwards.add(i);
    }
    assertThat(left).containsExactlyInAnyOrderElementsOf(afterwards);
    assertThat(successor.takeLost(EvictionReason.DAMAGED)).isZero();
  }

  @Test
  void aDirectoryThatWasClosedBelongsToWhoeverComesNext() throws Exception {
    SystemFiles files = new SystemFiles();
    StoreDirectory store = StoreDirectory.tryOpen(files, directory, JournalClock.SYSTEM, List.of());
    assertThat(store).isNotNull();
    SegmentFile file = (SegmentFile) store.create(SEGMENT, false);
    assertThat(store.isThere()).isTrue();
    assertThat(store.isThere(file)).isTrue();

    // From now on another owner's files may have the names, and even the numbers, of this one's.
    store.close();
    store.delete(file);

    assertThat(store.isThere()).isFalse();
    assertThat(store.isThere(file)).isFalse();
    assertThat(files.list(directory)).anyMatch(left -> left.toString().endsWith(".segment"));
  }

  @Test
  void whatIsLockedIsNotOpenedByOtherCopiesOfTheCode() throws Exception {
    SystemFiles files = new SystemFiles();
    Path file = directory.resolve("lock");
    try (java.io.Closeable lock = files.tryLock(file)) {
      assertThat(lock).isNotNull();
      assertThat(files.tryLock(file)).isNull();
      String name = "io.otlpevents.locked." + directory.toRealPath().resolve("lock");
      assertThat(System.getProperty(name)).isNotNull();
      lock.close();
      assertThat(System.getProperty(name)).isNull();
      // As another class loader's copy would have it.
      System.setProperty(name, "");
      try {
        assertThat(files.tryLock(file)).isNull();
      } finally {
        System.clearProperty(name);
      }
    }
    try (java.io.Closeable again = files.tryLock(file)) {
      assertThat(again).isNotNull();
    }
  }

  @Test
  void tellsAFileFromTheNextOneOfItsName() throws Exception {
    SystemFiles files = new SystemFiles();
    Path file = directory.resolve("lock");
    assertThat(files.identity(file)).isNull();
    try (java.io.Closeable lock = files.tryLock(file)) {
      assertThat(lock).isNotNull();
      Object first = files.identity(file);
      assertThat(first).isNotNull().isEqualTo(files.identity(file));
      Files.delete(file);
      assertThat(files.identity(file)).isNull();
      // The number of the first is not free, for it is still open.
      Files.createFile(file);
      assertThat(files.identity(file)).isNotNull().isNotEqualTo(first);
    }
  }

  @Test
  void whatMayNotBeOnTheDeviceIsNotReportedSafe() {
    FaultyFiles files = new FaultyFiles(disk);
    Journal journal =
        open(
            files,
            OverflowPolicy.BLOCK,
            Duration.ofSeconds(5),
            DiskSettings.in(ROOT).withFsync(FsyncPolicy.ALWAYS));
    assertThat(append(journal, 1)).isEqualTo(AppendResult.APPENDED);
    files.fail(Operation.FORCE, 1);
    assertThat(append(journal, 2)).isEqualTo(AppendResult.UNSYNCED);
    // The segment that could not be forced is left, though there was no other just then.
    await().until(() -> append(journal, 3) == AppendResult.APPENDED);
    assertThat(journal.active().suspect).isFalse();
  }

  @Test
  void afterAPowerCutNothingIsMissingThatWasSynced() throws Exception {
    long seed = Long.getLong("journal.seed", new SplittableRandom().nextLong());
    System.out.println("power cuts: -Djournal.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    int lostByOs = 0;
    for (int round = 0; round < 60; round++) {
      FsyncPolicy policy = FsyncPolicy.values()[round % 3];
      FakeDisk device = new FakeDisk();
      FaultyFiles files = new FaultyFiles(device);
      DiskSettings settings =
          DiskSettings.in(ROOT).withFsync(policy).withSyncInterval(Duration.ofMillis(1));
      Journal journal = open(files, OverflowPolicy.BLOCK, Duration.ofSeconds(30), settings);
      JournalReader reader = journal.openReader("a");
      ConcurrentLinkedQueue<Integer> safe = new ConcurrentLinkedQueue<>();
      // Some are delivered first, so that segments are used again.
      int next = 0;
      for (int i = random.nextInt(400); i > 0; i--) {
        append(journal, next++);
        if (next % 40 == 0) {
          readAll(reader);
          reader.acknowledge(reader.mark());
        }
      }
      readAll(reader);
      reader.acknowledge(reader.mark());
      int from = next;
      int each = random.nextInt(40);
      List<Thread> emitters = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        int first = from + t * each;
        Thread emitter =
            new Thread(
                () -> {
                  for (int i = first; i < first + each; i++) {
                    if (append(journal, i) == AppendResult.APPENDED) {
                      safe.add(i);
                    }
                  }
                });
        emitters.add(emitter);
        emitter.start();
      }
      for (Thread emitter : emitters) {
        emitter.join();
      }
      if (policy == FsyncPolicy.INTERVAL) {
        // A round that begins now is over.
        assertThat(journal.syncer().await(true)).isTrue();
      }
      files.die();
      opened.remove(journal);
      Thread closer = new Thread(journal::close); // its operations fail: the process is dead
      closer.setDaemon(true);
      closer.setUncaughtExceptionHandler((thread, e) -> assertThat(files.dead).isTrue());
      closer.start();
      closer.join();
      device.cutPower(random, random.nextInt(100));

      FaultyFiles after = new FaultyFiles(device);
      Journal successor =
          open(after, OverflowPolicy.BLOCK, Duration.ofSeconds(30), DiskSettings.in(ROOT));
      JournalReader again = successor.openReader("a");
      List<Integer> read = readAll(again);
      long lost = 0;
      for (EvictionReason reason : EvictionReason.values()) {
        lost += again.takeLost(reason);
      }
      assertThat(read.size() + lost).isEqualTo(again.recovered());
      if (policy == FsyncPolicy.OS) {
        lostByOs += safe.size() - read.size();
      } else {
        assertThat(read).as("%s, round %s of seed %s", policy, round, seed).containsAll(safe);
        // Of a file that was delivered before anything of it was forced, the device may have some
        // pages and not the first: nothing is known of it, so it counts as one event.
        assertThat(lost)
            .as("%s, round %s of seed %s: falsely missed", policy, round, seed)
            .isLessThanOrEqualTo(device.named(StoreDirectory.DAMAGED).size());
      }
      opened.remove(successor);
      successor.close();
      device.dispose();
    }
    assertThat(lostByOs).as("otherwise this shows nothing").isPositive();
  }

  @Test
  void refusesADirectoryThatCannotBeUsedAndSaysWhy() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertRefused(
        file.resolve("below/deep"),
        JournalDirectoryException.Reason.UNUSABLE,
        "cannot be used: it cannot be made, because " + file + " is a file, not a directory");
    assertRefused(
        file,
        JournalDirectoryException.Reason.UNUSABLE,
        "cannot be used: " + file + " is a file, not a directory");
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("target"));
    assertRefused(
        link, JournalDirectoryException.Reason.UNUSABLE, "used: " + link + " is a symbolic link");
    Path dangling = directory.resolve("journal");
    Files.createDirectory(dangling);
    Files.createSymbolicLink(dangling.resolve("0"), directory);
    assertRefused(dangling, JournalDirectoryException.Reason.UNUSABLE, "is a symbolic link");
    Path lock = Files.createDirectories(directory.resolve("locked/0"));
    Files.createSymbolicLink(lock.resolve("lock"), file);
    assertRefused(lock.getParent(), JournalDirectoryException.Reason.UNUSABLE, "lock");
    assertThat(Files.size(file)).isZero();
  }

  @Test
  void refusesAReadOnlyDirectory() throws Exception {
    Assumptions.assumeFalse("root".equals(System.getProperty("user.name")), "root may write");
    Path readOnly =
        Files.createDirectory(
            directory.resolve("read-only"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
    assertRefused(
        readOnly,
        JournalDirectoryException.Reason.UNUSABLE,
        "the user that runs the application may not list " + readOnly + " or write to it");
    assertRefused(
        readOnly.resolve("below/deep"),
        JournalDirectoryException.Reason.UNUSABLE,
        "it cannot be made, because the user that runs the application may not write to "
            + readOnly);
  }

  @Test
  void saysInWordsWhyADirectoryIsRefused() throws Exception {
    Path missing = directory.resolve("missing/deep");
    assertThat(
            DirectoryProblem.of(
                missing, new java.nio.file.AccessDeniedException(missing.toString())))
        .isEqualTo(
            "it cannot be made, because the user that runs the application may not write to "
                + directory);
    assertThat(
            DirectoryProblem.of(
                directory, new java.nio.file.AccessDeniedException(directory + "/0")))
        .isEqualTo(
            "the user that runs the application may not list " + directory + " or write to it");
    Path lock = Files.createFile(directory.resolve("lock"));
    assertThat(
            DirectoryProblem.of(
                directory, new java.nio.file.AccessDeniedException(lock.toString())))
        .isEqualTo("the user that runs the application may not read and write " + lock);
    assertThat(
            DirectoryProblem.of(
                directory,
                new java.nio.file.FileSystemException(
                    directory + "/0", null, "Read-only file system")))
        .isEqualTo("Read-only file system: " + directory + "/0");
  }

  @Test
  void makesADirectoryWithItsParents() {
    Path deep = directory.resolve("a/b/c");
    open(new SystemFiles(), OverflowPolicy.BLOCK, Duration.ZERO, DiskSettings.in(deep));
    assertThat(deep.resolve("0/lock")).exists();
  }

  @Test
  void refusesADirectoryOfAnotherWhereItWantsToBeAlone() {
    DiskSettings settings = DiskSettings.in(directory);
    open(new SystemFiles(), OverflowPolicy.BLOCK, Duration.ZERO, settings);
    assertThatThrownBy(
            () ->
                open(
                    new SystemFiles(),
                    OverflowPolicy.BLOCK,
                    Duration.ZERO,
                    settings.withExclusive(true)))
        .isInstanceOfSatisfying(
            JournalDirectoryException.class,
            e -> assertThat(e.reason()).isEqualTo(JournalDirectoryException.Reason.IN_USE))
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("used by another process");
  }

  private static void assertRefused(
      Path path, JournalDirectoryException.Reason reason, String message) {
    assertThatThrownBy(
            () ->
                new Journal(
                    JournalSettings.onDisk(DiskSettings.in(path)), new byte[0], new byte[0]))
        .isInstanceOfSatisfying(
            JournalDirectoryException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(path.toString())
        .hasMessageContaining(message);
  }

  @Test
  void whatWasGivenUpOnceKeepsNoSegmentsFromBeingFreed() {
    JournalSettings settings =
        new JournalSettings(
            2 * SEGMENT, SEGMENT, 16 * 1024, OverflowPolicy.DROP_OLDEST, Duration.ZERO);
    Journal journal = new Journal(settings, new byte[0], new byte[0]);
    opened.add(journal);
    JournalReader reader = journal.openReader("a");
    Mark early = null;
    for (int i = 0; i < 400; i++) {
      append(journal, i);
      reader.giveUp();
      early = early == null ? reader.mark() : early;
    }
    assertThat(reader.takeLost(EvictionReason.OVERFLOW)).isPositive();
    List<WeakReference<Segment>> segments = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      append(journal, i);
      readAll(reader);
      reader.acknowledge(reader.mark());
      if (i < 200 && i % 20 == 0) {
        segments.add(new WeakReference<>(journal.active()));
      }
    }
    assertThat(early).isNotNull();
    await()
        .until(
            () -> {
              System.gc();
              return segments.stream().allMatch(segment -> segment.get() == null);
            });
    assertThat(early.position()).isPositive();
  }
}
