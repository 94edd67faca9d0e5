package io.otlpevents.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.otlpevents.ledger.EvictionReason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalTests {

  private static final int SEGMENT = 64 * 1024;
  private static final byte[] RESOURCE = {1, 2, 3};
  private static final byte[] SCOPE = {4, 5};

  private final List<Journal> opened = new ArrayList<>();

  @AfterEach
  void closeJournals() {
    opened.forEach(Journal::close);
  }

  @Test
  void readsRecordsInTheOrderTheyWereAppended() {
    Journal journal = journal(4, OverflowPolicy.DROP_NEWEST, Duration.ZERO);
    JournalReader reader = journal.openReader("reader");
    for (int i = 0; i < 100; i++) {
      assertThat(append(journal, i, 20 + i)).isEqualTo(AppendResult.APPENDED);
    }
    assertThat(readAll(reader)).containsExactlyElementsOf(numbers(0, 100));
  }

  @Test
  void keepsRecordsWholeAcrossSegments() {
    Journal journal = journal(16, OverflowPolicy.DROP_NEWEST, Duration.ZERO);
    JournalReader reader = journal.openReader("reader");
    List<Integer> read = new ArrayList<>();
    int next = 0;
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 300; i++) {
        // Lengths that end on, before and behind every boundary.
        assertThat(append(journal, next, 4 + next % 997)).isEqualTo(AppendResult.APPENDED);
        next++;
      }
      read.addAll(readAll(reader));
      reader.acknowledge(reader.mark());
    }
    assertThat(read).containsExactlyElementsOf(numbers(0, next));
  }

  @Test
  void takesNoMoreThanItsBudgetAndGoesOnWhenSpaceIsReleased() {
    Journal journal = journal(3, OverflowPolicy.DROP_NEWEST, Duration.ZERO);
    JournalReader reader = journal.openReader("reader");
    int fitted = fill(journal);
    assertThat(fitted * 1016).isBetween(3 * SEGMENT - 3 * 2000, 3 * SEGMENT);
    assertThat(journal.size()).isEqualTo(3 * SEGMENT);

    List<Integer> read = readAll(reader);
    assertThat(append(journal, 0, 1000)).isEqualTo(AppendResult.FULL);
    reader.acknowledge(reader.mark());
    int more = fill(journal);

    assertThat(more).isGreaterThanOrEqualTo(fitted * 2 / 3 - 1);
    assertThat(read).hasSize(fitted);
    assertThat(readAll(reader)).hasSize(more);
    assertThat(journal.size()).isEqualTo(3 * SEGMENT);
  }

  @Test
  void keepsWhatTheSlowestReaderHasNotAcknowledged() {
    Journal journal = journal(3, OverflowPolicy.DROP_NEWEST, Duration.ZERO);
    JournalReader fast = journal.openReader("reader");
    JournalReader slow = journal.openReader("reader");
    int fitted = fill(journal);
    readAll(fast);
    fast.acknowledge(fast.mark());

    assertThat(append(journal, 0, 1000)).isEqualTo(AppendResult.FULL);
    assertThat(readAll(slow)).hasSize(fitted);
    slow.acknowledge(slow.mark());
    assertThat(append(journal, 0, 1000)).isEqualTo(AppendResult.APPENDED);
  }

  @Test
  void blockedAppendGoesOnWhenSpaceIsReleased() throws Exception {
    Journal journal = journal(2, OverflowPolicy.BLOCK, Duration.ofMinutes(1));
    JournalReader reader = journal.openReader("reader");
    while (append(journal, 7, 1000, false) == AppendResult.APPENDED) {}
    AtomicReference<AppendResult> result = new AtomicReference<>();
    Thread blocked = new Thread(() -> result.set(append(journal, 8, 1000)));
    blocked.start();
    await().until(() -> blocked.getState() == Thread.State.TIMED_WAITING);

    readAll(reader);
    reader.acknowledge(reader.mark());
    blocked.join(30_000);
    assertThat(result).hasValue(AppendResult.APPENDED);
    assertThat(readAll(reader)).containsExactly(8);
  }

  @Test
  void blockedAppendGivesUpWhenItsTimeIsUpAndKeepsTheInterrupt() {
    Journal journal = journal(2, OverflowPolicy.BLOCK, Duration.ofMillis(50));
    journal.openReader("reader");
    while (append(journal, 7, 1000, false) == AppendResult.APPENDED) {}
    Thread.currentThread().interrupt();
    long before = System.nanoTime();
    assertThat(append(journal, 8, 1000)).isEqualTo(AppendResult.FULL);
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(50_000_000L);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatAConsumerThrowsLosesNoRecord() {
    Journal journal = journal(2, OverflowPolicy.DROP_NEWEST, Duration.ZERO);
    JournalReader reader = journal.openReader("reader");
    for (int i = 0; i < 3; i++) {
      append(journal, i, 50);
    }
    List<Integer> read = new ArrayList<>();
    assertThatThrownBy(
            () ->
                reader.read(
                    (bytes, offset, length) -> {
                      if (bytes.getInt(offset) == 1) {
                        throw new IllegalStateException("no");
                      }
                      return read.add(bytes.getInt(offset));
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(read).containsExactly(0);
    assertThat(readAll(reader)).containsExactly(1, 2);
  }

  @Test
  void manyBlockedCallersWaitNoLongerThanTheLimitThoughOthersTakeTheRoom() throws Exception {
    Journal journal = journal(2, OverflowPolicy.BLOCK, Duration.ofMillis(300));
    JournalReader reader = journal.openReader("reader");
    while (append(journal, 7, 16_000, false) == AppendResult.APPENDED) {}
    List<Thread> callers = new ArrayList<>();
    List<AppendResult> results = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 60; i++) {
      Thread caller = new Thread(() -> results.add(append(journal, 8, 16_000)));
      caller.start();
      callers.add(caller);
    }
    // Room comes in a trickle, each time for a few of them. Whoever began to wait anew after each
    // would get some in the end; within one limit there are three trickles, for six callers each.
    while (callers.stream().anyMatch(Thread::isAlive)) {
      java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
      reader.read((bytes, offset, length) -> true);
      reader.acknowledge(reader.mark());
    }
    assertThat(results).hasSize(60).contains(AppendResult.FULL);
  }

  @Test
  void sealedJournalRefusesRecordsLetsWaitingCallersGoAndCanBeReadToItsEnd() throws Exception {
    Journal journal = journal(2, OverflowPolicy.BLOCK, Duration.ofMinutes(1));
    JournalReader reader = journal.openReader("reader");
    int fitted = 0;
    while (append(journal, fitted, 1000, false) == AppendResult.APPENDED) {
      fitted++;
    }
    AtomicReference<AppendResult> result = new AtomicReference<>();
    Thread blocked = new Thread(() -> result.set(append(journal, 8, 1000)));
    blocked.start();
    await().until(() -> blocked.getState() == Thread.State.TIMED_WAITING);

    journal.seal();
    blocked.join(30_000);
    assertThat(result).hasValue(AppendResult.CLOSED);
    assertThat(append(journal, 9, 10)).isEqualTo(AppendResult.CLOSED);
    assertThat(readAll(reader)).containsExactlyElementsOf(numbers(0, fitted));
    assertThat(reader.available()).isZero();
  }

  @Test
  void passesOverARecordWhoseBytesChanged() {
    Journal journal = journal(2, OverflowPolicy.DROP_NEWEST, Duration.ZERO);
    JournalReader vandal = journal.openReader("reader");
    JournalReader reader = journal.openReader("reader");
    for (int i = 0; i < 10; i++) {
      append(journal, i, 50);
    }
    vandal.read(
        (bytes, offset, length) -> {
          if (bytes.getInt(offset) == 3) {
            bytes.put(offset + 20, (byte) (bytes.get(offset + 20) ^ 4));
          }
          return true;
        });
    List<Integer> read = new ArrayList<>();
    reader.read(collector(read));
    assertThat(reader.takeLost(EvictionReason.DAMAGED)).isOne();
    assertThat(reader.takeLost(EvictionReason.DAMAGED)).isZero();
    assertThat(read).containsExactly(0, 1, 2, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void aClaimThatComesToNothingDoesNotHoldReadersUp() {
    Journal journal = journal(2, OverflowPolicy.DROP_NEWEST, Duration.ZERO);
    JournalReader reader = journal.openReader("reader");
    append(journal, 1, 50);
    Claim claim = new Claim();
    assertThatThrownBy(() -> journal.append(claim, new byte[50], 100, true, false))
        .isInstanceOf(IndexOutOfBoundsException.class);
    append(journal, 2, 50);
    assertThat(readAll(reader)).containsExactly(1);

    journal.abandon(claim);
    assertThat(readAll(reader)).containsExactly(2);
    assertThat(reader.available()).isZero();
  }

  @Test
  void leavesARecordTheConsumerDoesNotTakeForTheNextRead() {
    Journal journal = journal(2, OverflowPolicy.DROP_NEWEST, Duration.ZERO);
    JournalReader reader = journal.openReader("reader");
    append(journal, 1, 50);
    append(journal, 2, 50);
    List<Integer> read = new ArrayList<>();
    reader.read((bytes, offset, length) -> read.isEmpty() && read.add(bytes.getInt(offset)));
    assertThat(read).containsExactly(1);
    assertThat(readAll(reader)).containsExactly(2);
  }

  @Test
  void startsWithoutMemoryAndRefusesRecordsUntilThereIsSome() {
    MemoryStorage memory = new MemoryStorage();
    boolean[] isShort = {true};
    Storage storage =
        new Storage() {
          @Override
          public Piece allocate(int size) throws java.io.IOException {
            if (isShort[0]) {
              throw new java.io.IOException("too little memory");
            }
            return memory.allocate(size);
          }

          @Override
          public void discard(Piece piece) {}

          @Override
          public boolean isSlow() {
            return false;
          }

          @Override
          public List<StoredSegment> recover() {
            return List.of();
          }
        };
    Journal journal =
        new Journal(
            settings(4, OverflowPolicy.DROP_NEWEST, Duration.ZERO),
            new SegmentOrigin(RESOURCE, SCOPE),
            storage,
            JournalClock.SYSTEM,
            true);
    opened.add(journal);
    JournalReader reader = journal.openReader("reader");
    assertThat(append(journal, 1, 100)).isEqualTo(AppendResult.FULL);
    assertThat(journal.trouble()).contains("too little memory");

    isShort[0] = false;
    await().until(() -> append(journal, 2, 100) == AppendResult.APPENDED);
    assertThat(journal.trouble()).isNull();
    assertThat(readAll(reader)).containsExactly(2);
  }

  @Test
  void headerTellsTwiceWhoWroteTheSegment() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(SEGMENT);
    SegmentHeader header =
        new SegmentHeader(
            42, 4711, 1_700_000_000_000L, SEGMENT, new SegmentOrigin(RESOURCE, SCOPE));
    Segment segment = new Segment(() -> buffer, 0, header, 0, 0);
    byte[] magic = new byte[8];
    buffer.get(0, magic);
    assertThat(new String(magic, java.nio.charset.StandardCharsets.US_ASCII)).isEqualTo("OTLPEVJ1");
    assertThat(buffer.getInt(8)).isEqualTo(1);
    assertThat(buffer.getInt(12)).isEqualTo(64);
    assertThat(segment.dataStart).isEqualTo(64 + 16);
    assertThat(segment.dataEnd).isEqualTo(SEGMENT - 64);
    for (int at : new int[] {0, SEGMENT - 64}) {
      assertThat(buffer.getLong(at + 16)).isEqualTo(42);
      assertThat(buffer.getLong(at + 24)).isEqualTo(4711);
      assertThat(buffer.getLong(at + 32)).isEqualTo(1_700_000_000_000L);
      assertThat(buffer.getInt(at + 40)).isEqualTo(SEGMENT);
      byte[] origin = new byte[5];
      buffer.get(at + 56, origin);
      assertThat(origin).containsExactly(1, 2, 3, 4, 5);
    }
  }

  @Test
  void manyThreadsAppendWhileOneReads() throws Exception {
    int threads = 6;
    int each = 40_000;
    Journal journal = journal(4, OverflowPolicy.BLOCK, Duration.ofMinutes(1));
    JournalReader reader = journal.openReader("reader");
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> writers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int base = t * each;
      Thread writer =
          new Thread(
              () -> {
                awaitUninterruptibly(start);
                for (int i = 0; i < each; i++) {
                  append(journal, base + i, 4 + (base + i) % 301);
                }
              });
      writer.start();
      writers.add(writer);
    }
    start.countDown();
    BitSet seen = new BitSet();
    int[] last = new int[threads];
    java.util.Arrays.fill(last, -1);
    int[] count = new int[1];
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (count[0] < threads * each && System.nanoTime() < deadline) {
      reader.read(
          (bytes, offset, length) -> {
            int number = number(bytes, offset, length);
            assertThat(seen.get(number)).as("seen twice").isFalse();
            seen.set(number);
            int thread = number / each;
            assertThat(number).as("order of one thread").isGreaterThan(last[thread]);
            last[thread] = number;
            count[0]++;
            return true;
          });
      assertThat(reader.takeLost(EvictionReason.DAMAGED)).isZero();
      reader.acknowledge(reader.mark());
      if (reader.available() == 0) {
        reader.await(1024, 1_000_000);
      }
    }
    for (Thread writer : writers) {
      writer.join(30_000);
    }
    assertThat(seen.cardinality()).isEqualTo(threads * each);
    assertThat(journal.size()).isLessThanOrEqualTo(4 * SEGMENT);
  }

  @Test
  void sealingLetsCallersGoThatWaitForRoom() throws Exception {
    for (int round = 0; round < 300; round++) {
      // Closed by the test alone: to close one that hangs would hang the build.
      Journal journal =
          new Journal(settings(2, OverflowPolicy.BLOCK, Duration.ofMinutes(1)), RESOURCE, SCOPE);
      JournalReader reader = journal.openReader("reader");
      long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      List<Thread> writers = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Thread writer =
            new Thread(
                () -> {
                  int number = 0;
                  while (append(journal, number, 8000) == AppendResult.APPENDED) {
                    number++;
                  }
                });
        writer.setDaemon(true);
        writer.start();
        writers.add(writer);
      }
      for (int turn = round % 20; turn >= 0; turn--) {
        while (readAll(reader).isEmpty()) {
          assertThat(System.nanoTime() - deadline).as("round %s", round).isNegative();
          Thread.onSpinWait();
        }
        reader.acknowledge(reader.mark());
      }
      Thread closer = new Thread(journal::close);
      closer.setDaemon(true);
      closer.start();
      writers.add(closer);
      for (Thread thread : writers) {
        thread.join(10_000);
        assertThat(thread.isAlive()).as("round %s, %s", round, thread).isFalse();
      }
    }
  }

  @Test
  void tellsHowFullItIsByWhatTheSlowestReaderHasNotAcknowledged() {
    Journal journal = journal(4, OverflowPolicy.DROP_NEWEST, Duration.ZERO);
    assertThat(journal.fill()).isZero();
    JournalReader quick = journal.openReader("reader");
    JournalReader slow = journal.openReader("reader");
    assertThat(journal.fill()).isZero();
    int fitted = fill(journal);
    assertThat(journal.fill()).isGreaterThan(0.97).isLessThanOrEqualTo(1);
    readAll(quick);
    quick.acknowledge(quick.mark());
    assertThat(journal.fill()).isGreaterThan(0.97);
    int[] read = new int[1];
    slow.read((bytes, offset, length) -> read[0]++ < fitted / 2);
    slow.acknowledge(slow.mark());
    assertThat(journal.fill()).isBetween(0.47, 0.53);
    readAll(slow);
    slow.acknowledge(slow.mark());
    assertThat(journal.fill()).isZero();
  }

  @Test
  void refusesSettingsThatCannotWork() {
    assertThatThrownBy(() -> JournalSettings.defaults().withSegmentSize(1000))
        .hasMessageContaining("segmentSize");
    assertThatThrownBy(() -> JournalSettings.defaults().withMaxSize(1 << 20))
        .hasMessageContaining("maxSize");
    assertThatThrownBy(() -> JournalSettings.defaults().withMaxEventSize(1 << 20))
        .hasMessageContaining("maxEventSize");
    assertThatThrownBy(() -> JournalSettings.defaults().withMaxBlock(Duration.ofMillis(-1)))
        .hasMessageContaining("maxBlock");
    JournalSettings small = settings(2, OverflowPolicy.BLOCK, Duration.ZERO);
    assertThatThrownBy(() -> new Journal(small, new byte[60_000], SCOPE))
        .hasMessageContaining("resource");
  }

  private static int fill(Journal journal) {
    int fitted = 0;
    while (append(journal, fitted, 1000) == AppendResult.APPENDED) {
      fitted++;
    }
    return fitted;
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Journal journal(int segments, OverflowPolicy overflow, Duration maxBlock) {
    Journal journal = new Journal(settings(segments, overflow, maxBlock), RESOURCE, SCOPE);
    opened.add(journal);
    return journal;
  }

  private static JournalSettings settings(
      int segments, OverflowPolicy overflow, Duration maxBlock) {
    return new JournalSettings((long) segments * SEGMENT, SEGMENT, 16 * 1024, overflow, maxBlock);
  }

  private static AppendResult append(Journal journal, int number, int length) {
    return append(journal, number, length, true);
  }

  private static AppendResult append(Journal journal, int number, int length, boolean mayWait) {
    byte[] bytes = new byte[Journal.PREFIX + length];
    ByteBuffer record =
        ByteBuffer.wrap(bytes)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
            .putInt(Journal.PREFIX, number);
    for (int i = Journal.PREFIX + 4; i < bytes.length; i++) {
      record.put(i, (byte) (number + i - Journal.PREFIX));
    }
    return journal.append(new Claim(), bytes, length, mayWait, false);
  }

  private static List<Integer> readAll(JournalReader reader) {
    List<Integer> read = new ArrayList<>();
    reader.read(collector(read));
    assertThat(reader.takeLost(EvictionReason.DAMAGED)).isZero();
    return read;
  }

  private static RecordConsumer collector(List<Integer> target) {
    return (bytes, offset, length) -> target.add(number(bytes, offset, length));
  }

  /** The record's number, after a look at every byte. */
  private static int number(ByteBuffer bytes, int offset, int length) {
    int number = bytes.getInt(offset);
    for (int i = 4; i < length; i++) {
      if (bytes.get(offset + i) != (byte) (number + i)) {
        throw new AssertionError("record " + number + " is altered at byte " + i);
      }
    }
    return number;
  }

  private static List<Integer> numbers(int from, int to) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = from; i < to; i++) {
      numbers.add(i);
    }
    return numbers;
  }
}
