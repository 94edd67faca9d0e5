package io.otlpevents.journal;

import io.otlpevents.journal.FaultyFiles.Operation;
import io.otlpevents.ledger.EvictionReason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Journals on a {@link FakeDisk}, and what they must say. Everything happens on one thread, so a
 * seed decides everything.
 */
final class JournalModel {

  static final int SEGMENT = 64 * 1024;
  private static final Path ROOT = Path.of("/journal");
  private static final String[] NAMES = {"a", "b"};
  private static final boolean TRACE = Boolean.getBoolean("journal.trace");

  /** One process with its journal. */
  private final class Run {
    final int id = runs++;
    final FaultyFiles files = new FaultyFiles(disk);
    final Map<String, Reading> readings = new TreeMap<>();
    final long budget;
    final FsyncPolicy fsync;
    final OverflowPolicy overflow;
    final Duration maxAge;
    final boolean damaged;
    final boolean mayRepeat;
    final int torn;
    final long filesAtStart;
    Journal journal;
    boolean vanished;
    boolean filesFailed;

    /** Whether there is, or was, no file for cursors: nobody can tell what is missing at first. */
    boolean cursorless;

    int claims;

    /** All records of this run before this number are on the device. */
    int syncedTo;

    Run() {
      SplittableRandom choice = random.split();
      int segments = 2 + choice.nextInt(6);
      int size = SEGMENT * (choice.nextInt(4) == 0 ? 2 : 1);
      budget = (long) segments * size;
      fsync = FsyncPolicy.values()[choice.nextInt(3)];
      overflow = OverflowPolicy.values()[choice.nextInt(3)];
      maxAge = choice.nextInt(4) == 0 ? Duration.ofSeconds(10) : null;
      long reserved = segments > 3 && choice.nextInt(4) == 0 ? size : 0;
      filesAtStart = disk.used(StoreDirectory.SEGMENT);
      damaged = orphansDamaged;
      mayRepeat = orphansMayRepeat;
      torn = orphansTorn;
      DiskSettings directory = DiskSettings.in(ROOT).withFsync(fsync);
      JournalSettings settings =
          new JournalSettings(
              budget, size, 16 * 1024, overflow, Duration.ZERO, reserved, maxAge, directory);
      SegmentOrigin origin = new SegmentOrigin(new byte[] {(byte) (id % 3)}, new byte[] {7});
      trace("open run " + id + " " + settings + " failing " + files);
      if (choice.nextInt(5) == 0) {
        faults(choice);
      }
      journal =
          new Journal(settings, origin, new DiskStorage(files, directory, clock), clock, false);
      filesFailed = files.failed;
      cursorless =
          orphansCursorless
              || disk.named(StoreDirectory.CURSORS).size() < disk.named(StoreDirectory.LOCK).size();
      for (String name : NAMES) {
        Reading reading = new Reading(this, name, journal.openReader(name));
        reading.unread.putAll(orphans.getOrDefault(name, new TreeMap<>()));
        orphans.remove(name);
        Long gone = orphansGone.remove(name);
        reading.allowance = gone == null ? 0 : gone;
        readings.put(name, reading);
        trace(name + " recovers " + reading.recovered + ", expected are " + reading.unread);
        if (!damaged && !filesFailed && !mayRepeat && powerCuts == 0 && !damages) {
          long expected = reading.unread.values().stream().mapToLong(Deque::size).sum();
          check(
              reading.recovered >= expected - reading.allowance
                  && reading.recovered <= expected + torn,
              "reader " + name + " recovered " + reading.recovered + " of " + expected);
        }
      }
      orphansDamaged = false;
      orphansMayRepeat = false;
      orphansCursorless = false;
      orphansTorn = 0;
    }

    private void faults(SplittableRandom choice) {
      Operation[] kinds = {Operation.CREATE, Operation.RENAME, Operation.DELETE, Operation.FORCE};
      files.fail(kinds[choice.nextInt(kinds.length)], 1 + choice.nextInt(3));
    }

    boolean strict() {
      return !damaged && !filesFailed && !vanished;
    }

    private void tend() {
      for (int i = 0; i < 4 && journal.attend(); i++) {
        // Until there is nothing to do.
      }
    }

    AppendResult append(boolean privileged) {
      int number = owners.size();
      int length = 4 + (random.nextInt(20) == 0 ? random.nextInt(16_380) : random.nextInt(2500));
      byte[] record = new byte[Journal.PREFIX + length];
      fill(record, number, length);
      AppendResult result = journal.append(claim, record, length, false, privileged);
      if (result == AppendResult.FULL) {
        tend();
        fill(record, number, length);
        result = journal.append(claim, record, length, false, privileged);
      }
      if (result == AppendResult.APPENDED || result == AppendResult.UNSYNCED) {
        owners.add(id);
        times.add(clock.nanos);
        for (Reading reading : readings.values()) {
          reading.appended++;
          reading.unread.computeIfAbsent(id, run -> new ArrayDeque<>()).add(number);
        }
      }
      return result;
    }

    void sync() {
      Syncer syncer = journal.syncer();
      if (syncer != null) {
        syncer.round();
        if (files.dead) {
          throw new FaultyFiles.Killed();
        }
        filesFailed |= files.failed;
        if (!filesFailed && !vanished) {
          syncedTo = owners.size();
        }
      }
    }

    /** What is left to successors; the process is gone. */
    void leave(boolean powerCut) {
      live.remove(this);
      for (Reading reading : readings.values()) {
        if (vanished) {
          continue;
        }
        Map<Integer, Deque<Integer>> left =
            orphans.computeIfAbsent(reading.name, n -> new TreeMap<>());
        for (Map.Entry<Integer, Deque<Integer>> part : reading.unacknowledged().entrySet()) {
          left.computeIfAbsent(part.getKey(), run -> new ArrayDeque<>()).addAll(part.getValue());
        }
        orphansDamaged |= reading.inexact;
        damages |= reading.inexact;
        orphansMayRepeat |= reading.inexact;
        orphansGone.merge(reading.name, reading.gone(), Long::sum);
      }
      orphansDamaged |= damaged || filesFailed || vanished;
      orphansMayRepeat |= mayRepeat || filesFailed || vanished;
      orphansCursorless |= cursorless;
      orphansTorn += torn + claims;
      if (powerCut) {
        orphansDamaged = true;
        orphansMayRepeat = true;
      }
      if (syncedTo > 0) {
        synced.put(id, vanished ? 0 : syncedTo);
      }
    }
  }

  /** One reader of a run. */
  private final class Reading {
    final Run run;
    final String name;
    final JournalReader reader;
    final long recovered;
    final TreeMap<Integer, Deque<Integer>> unread = new TreeMap<>();
    final Deque<Flight> flights = new ArrayDeque<>();
    final List<Integer> skipped = new ArrayList<>();
    final long[] lost = new long[EvictionReason.values().length];
    long appended;
    long read;
    long gaveUpAt;
    long allowance;

    /** What was on its way when older space was given up is not in the files any more. */
    boolean inexact;

    Reading(Run run, String name, JournalReader reader) {
      this.run = run;
      this.name = name;
      this.reader = reader;
      this.recovered = reader.recovered();
    }

    void giveUp() {
      if (reader.giveUp()) {
        gaveUpAt = clock.nanos;
      }
      takeLost();
      if (!flights.isEmpty() && run.journal.floor() != null) {
        inexact = true;
      }
    }

    long lost(EvictionReason reason) {
      return lost[reason.ordinal()];
    }

    void takeLost() {
      for (EvictionReason reason : EvictionReason.values()) {
        lost[reason.ordinal()] += reader.takeLost(reason);
      }
    }

    int read(int most) {
      giveUp();
      reader.origin();
      Flight flight = new Flight();
      reader.read(
          (bytes, offset, length) -> {
            if (flight.records.size() >= most) {
              return false;
            }
            flight.records.add(verify(bytes, offset, length));
            return true;
          });
      flight.mark = reader.mark();
      for (int number : flight.records) {
        took(number);
      }
      flights.add(flight);
      takeLost();
      read += flight.records.size();
      return flight.records.size();
    }

    private void took(int number) {
      int from = owners.get(number);
      Deque<Integer> expected = unread.get(from);
      if (expected == null || !expected.contains(number)) {
        check(
            run.mayRepeat || run.filesFailed,
            "reader "
                + name
                + " of run "
                + run.id
                + " has read "
                + number
                + " of run "
                + from
                + " once more");
        return;
      }
      while (true) {
        int head = expected.poll();
        if (head == number) {
          return;
        }
        skipped.add(head);
      }
    }

    void acknowledge() {
      Flight flight = flights.poll();
      if (flight != null) {
        reader.acknowledge(flight.mark);
      }
    }

    Map<Integer, Deque<Integer>> unacknowledged() {
      Map<Integer, Deque<Integer>> left = new TreeMap<>();
      for (Flight flight : flights) {
        for (int number : flight.records) {
          left.computeIfAbsent(owners.get(number), run -> new ArrayDeque<>()).add(number);
        }
      }
      // What was given up must not come back, and need not.
      long gone = unread.size() == 1 && run.strict() ? evicted() - skipped.size() : 0;
      for (Map.Entry<Integer, Deque<Integer>> part : unread.entrySet()) {
        for (int number : part.getValue()) {
          if (gone-- > 0) {
            continue;
          }
          left.computeIfAbsent(part.getKey(), run -> new ArrayDeque<>()).add(number);
        }
      }
      return left;
    }

    /**
     * Given up, but the model cannot tell which. Of what is damaged more may be missing than was
     * counted, so all that were given up may be among those that were not passed.
     */
    long gone() {
      return Math.max(0, allowance)
          + (unread.size() == 1 && run.strict()
              ? 0
              : Math.max(evicted(), java.util.Arrays.stream(lost).sum() - skipped.size()));
    }

    private long evicted() {
      return lost(EvictionReason.OVERFLOW) + lost(EvictionReason.EXPIRED);
    }

    /** Reads and acknowledges everything, and settles the account. */
    void drain() {
      int none = 0;
      while (none < 3) {
        none = read(1000) == 0 ? none + 1 : 0;
        acknowledge();
      }
      while (!flights.isEmpty()) {
        acknowledge();
      }
      trace(
          name
              + " has lost "
              + java.util.Arrays.toString(lost)
              + ", missing are "
              + skipped
              + unread);
      long all = 0;
      for (long count : lost) {
        all += count;
      }
      String who = "reader " + name + " of run " + run.id + ": ";
      check(
          recovered + appended == read + all,
          who
              + "recovered "
              + recovered
              + " + appended "
              + appended
              + " = read "
              + read
              + " + lost "
              + all);
      List<Integer> missing = new ArrayList<>(skipped);
      unread.values().forEach(missing::addAll);
      unread.clear();
      if (run.strict() && !run.mayRepeat) {
        check(
            all >= missing.size() - allowance && all <= missing.size() + run.torn,
            who + "lost " + all + " but missing " + missing.size() + " " + missing);
      } else if (!missing.isEmpty() && allowance == 0 && !run.vanished && !run.cursorless) {
        check(all > 0 || powerCuts > 0, who + "missing without a count: " + missing);
      }
      if (!damages && !run.filesFailed && evicted() == 0 && allowance == 0) {
        for (int number : missing) {
          Integer to = synced.get(owners.get(number));
          check(to == null || number >= to, who + number + " was on the device");
        }
      }
      if (run.maxAge != null && run.strict() && lost(EvictionReason.OVERFLOW) == 0) {
        for (int number : missing) {
          if (owners.get(number) == run.id) {
            check(
                gaveUpAt - times.get(number) >= run.maxAge.toNanos(),
                who + number + " expired early: " + (gaveUpAt - times.get(number)));
          }
        }
      }
    }
  }

  private static final class Flight {
    final List<Integer> records = new ArrayList<>();
    Mark mark;
  }

  private static final class FakeClock implements JournalClock {
    long nanos = 1_000_000_000L;
    long millis = 1_700_000_000_000L;

    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public long millis() {
      return millis;
    }

    void advance(long add) {
      nanos += add;
      millis += add / 1_000_000;
    }
  }

  private final SplittableRandom random;
  private final FakeDisk disk = new FakeDisk();
  private final FakeClock clock = new FakeClock();
  private final Claim claim = new Claim();
  private final List<Run> live = new ArrayList<>();

  /** By record: the run that wrote it, and when. */
  private final List<Integer> owners = new ArrayList<>();

  private final List<Long> times = new ArrayList<>();
  private final Map<Integer, Integer> synced = new HashMap<>();

  /** By reader and run: what nobody reads at present. */
  private final Map<String, Map<Integer, Deque<Integer>>> orphans = new HashMap<>();

  private final Map<String, Long> orphansGone = new HashMap<>();
  private boolean orphansDamaged;
  private boolean orphansMayRepeat;
  private boolean orphansCursorless;
  private int orphansTorn;
  private boolean damages;
  private int powerCuts;
  private int runs;
  int altered;

  JournalModel(long seed) {
    this.random = new SplittableRandom(seed);
  }

  void dispose() {
    disk.dispose();
  }

  private static void check(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }

  private void trace(String what) {
    if (TRACE && live.size() < 4) {
      System.out.println(what);
    }
  }

  static void fill(byte[] record, int number, int length) {
    ByteBuffer bytes = ByteBuffer.wrap(record, Journal.PREFIX, length).slice();
    bytes.putInt(0, number);
    for (int i = 4; i < length; i++) {
      bytes.put(i, (byte) (number * 31 + i * 7 + length));
    }
  }

  private int verify(ByteBuffer bytes, int offset, int length) {
    int number = Integer.reverseBytes(bytes.getInt(offset));
    boolean whole = length >= 4 && number >= 0 && number < owners.size();
    for (int i = 4; i < length && whole; i++) {
      whole = bytes.get(offset + i) == (byte) (number * 31 + i * 7 + length);
    }
    if (!whole) {
      altered++;
    }
    check(whole, "a record was altered: " + number + " of " + length + " bytes");
    return number;
  }

  void run() {
    boolean calm = random.nextInt(3) == 0;
    int steps = 20 + random.nextInt(100);
    for (int i = 0; i < steps; i++) {
      clock.advance(random.nextInt(400_000_000));
      if (live.isEmpty()) {
        open();
        continue;
      }
      Run run = live.get(random.nextInt(live.size()));
      try {
        step(run, calm);
      } catch (FaultyFiles.Killed e) {
        trace("killed in an operation");
        run.leave(false);
      }
    }
    while (!live.isEmpty()) {
      end(live.get(0));
    }
    // Two successors: one that takes everything up, and one that finds nothing left.
    for (int i = 0; i < 2; i++) {
      disk.capacity = Long.MAX_VALUE;
      open();
      if (!live.isEmpty()) {
        Run last = live.get(0);
        settle(last);
        boolean empty = last.strict() && !last.mayRepeat;
        close(last);
        if (empty) {
          check(disk.used(StoreDirectory.SEGMENT) == 0, "files are left: " + disk.files.keySet());
        }
      }
    }
  }

  private void open() {
    FaultyFiles.Killed killed = null;
    try {
      live.add(new Run());
    } catch (FaultyFiles.Killed e) {
      killed = e;
    }
    check(killed == null, "died at start");
  }

  private void step(Run run, boolean calm) {
    int dice = random.nextInt(100);
    Reading reading = run.readings.get(NAMES[random.nextInt(NAMES.length)]);
    if (dice < 30) {
      int count = random.nextInt(60);
      boolean privileged = random.nextInt(4) == 0;
      int fitted = 0;
      while (fitted < count) {
        AppendResult result = run.append(privileged);
        if (result != AppendResult.APPENDED && result != AppendResult.UNSYNCED) {
          check(result == AppendResult.FULL, "append says " + result);
          break;
        }
        fitted++;
      }
      trace("run " + run.id + " appended " + fitted + " of " + count + " up to " + owners.size());
      if (random.nextBoolean()) {
        run.tend();
      }
    } else if (dice < 50) {
      int count = reading.read(random.nextInt(120));
      trace("run " + run.id + " " + reading.name + " read " + count);
    } else if (dice < 65) {
      trace("run " + run.id + " " + reading.name + " acknowledges");
      reading.acknowledge();
      run.tend();
    } else if (dice < 70) {
      trace("run " + run.id + " rests");
      run.journal.rest();
      run.tend();
    } else if (dice < 73) {
      run.journal.roll(run.journal.active());
      trace("run " + run.id + " rolls");
      run.tend();
    } else if (dice < 77) {
      trace("run " + run.id + " syncs");
      run.sync();
    } else if (dice < 80) {
      disk.writeBack(random);
    } else if (dice < 82) {
      long days = random.nextInt(3) - 1;
      clock.millis += days * 86_400_000;
      clock.advance(random.nextInt(10) * 1_000_000_000L);
    } else if (dice < 84) {
      if (live.size() < 3) {
        open();
      }
    } else if (dice < 87) {
      kill(run);
    } else if (dice < 89) {
      trace("run " + run.id + " is drained and closed");
      if (random.nextBoolean()) {
        settle(run);
      }
      close(run);
    } else if (dice < 91) {
      trace("run " + run.id + " will die");
      run.files.dieIn(random.nextInt(4), random.nextBoolean());
    } else if (calm) {
      run.tend();
    } else if (dice < 94) {
      Operation[] kinds = {
        Operation.CREATE, Operation.RENAME, Operation.DELETE, Operation.FORCE, Operation.LOCK
      };
      Operation kind = kinds[random.nextInt(kinds.length)];
      trace("run " + run.id + " will fail to " + kind);
      run.files.fail(kind, 1 + random.nextInt(3));
    } else if (dice < 96) {
      disk.capacity = random.nextBoolean() ? disk.used() + random.nextInt(200_000) : Long.MAX_VALUE;
      trace("the disk holds " + disk.capacity);
    } else if (dice < 97) {
      powerCut();
    } else if (dice < 99) {
      damage();
    } else if (random.nextInt(3) == 0) {
      vanish();
    }
    if (run.files.failed) {
      run.filesFailed = true;
    }
    budget(run);
  }

  private void budget(Run run) {
    if (!live.contains(run)) {
      return;
    }
    if (!run.vanished) {
      long most = Math.max(run.budget, run.filesAtStart + 2L * SEGMENT) + 1024;
      check(
          run.journal.size() <= most,
          "run " + run.id + " takes " + run.journal.size() + " of " + run.budget);
    }
    if (live.size() == 1
        && disk.named(StoreDirectory.LOCK).size() == disk.locks.size()
        && !run.vanished
        && orphans.values().stream().allMatch(Map::isEmpty)) {
      check(
          disk.used(StoreDirectory.SEGMENT) <= run.journal.size() || run.filesFailed || run.damaged,
          "files take "
              + disk.used(StoreDirectory.SEGMENT)
              + ", counted are "
              + run.journal.size());
    }
  }

  private void kill(Run run) {
    if (random.nextInt(3) == 0) {
      // Claimed by threads that never come to write, with others behind them.
      run.claims++;
      if (run.journal.active().claim(Segment.align(Segment.FRAME_HEADER + 100))
          == Segment.NO_ROOM) {
        run.claims--;
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        run.append(false);
      }
    }
    trace("run " + run.id + " is killed");
    run.files.die();
    run.leave(false);
  }

  private void end(Run run) {
    run.files.heal();
    if (random.nextBoolean()) {
      kill(run);
    } else {
      close(run);
    }
  }

  private void close(Run run) {
    trace("run " + run.id + " is closed");
    try {
      run.journal.close();
      run.filesFailed |= run.files.failed;
      for (Reading reading : run.readings.values()) {
        reading.takeLost();
      }
    } catch (FaultyFiles.Killed e) {
      trace("killed while closing");
    }
    run.files.die();
    run.leave(false);
  }

  /** Without further faults everything is read, and appending works again. */
  private void settle(Run run) {
    run.files.heal();
    disk.capacity = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      clock.advance(2_000_000_000L);
      run.journal.rest();
      run.tend();
    }
    for (Reading reading : run.readings.values()) {
      reading.drain();
    }
    run.tend();
    clock.advance(2_000_000_000L);
    run.journal.rest();
    run.tend();
    AppendResult result = run.append(true);
    check(
        result == AppendResult.APPENDED || result == AppendResult.UNSYNCED,
        "an empty journal says "
            + result
            + ", "
            + run.journal.size()
            + " of "
            + run.budget
            + ", "
            + run.journal.trouble());
    for (Reading reading : run.readings.values()) {
      check(reading.read(10) == 1, "the record that was appended last is not read");
      reading.acknowledge();
    }
  }

  private void powerCut() {
    int survivors = random.nextInt(101);
    trace("power cut, " + survivors + " % of the pages survive");
    for (Run run : new ArrayList<>(live)) {
      run.files.die();
      run.leave(true);
    }
    powerCuts++;
    disk.cutPower(random, survivors);
  }

  /** While no process looks. */
  private void damage() {
    if (disk.capacity != Long.MAX_VALUE) {
      return;
    }
    for (Run run : new ArrayList<>(live)) {
      kill(run);
    }
    List<Path> segments = disk.named(StoreDirectory.SEGMENT);
    List<Path> cursors = disk.named(StoreDirectory.CURSORS);
    damages = true;
    orphansDamaged = true;
    int dice = random.nextInt(10);
    if (dice == 0 && !cursors.isEmpty()) {
      orphansMayRepeat = true;
      flip(cursors.get(random.nextInt(cursors.size())));
    } else if (!segments.isEmpty()) {
      Path segment = segments.get(random.nextInt(segments.size()));
      int size = disk.files.get(segment).buffer.capacity();
      if (dice < 3) {
        int to = random.nextInt(size + 1);
        trace("cut " + segment + " to " + to);
        disk.truncate(segment, to);
      } else if (dice < 4) {
        trace("delete " + segment);
        disk.files.remove(segment);
        powerCuts++; // the last one leaves no gap
      } else {
        for (int i = random.nextInt(4); i >= 0; i--) {
          flip(segment);
        }
      }
    }
  }

  private void flip(Path file) {
    int size = disk.files.get(file).buffer.capacity();
    if (size > 0) {
      long bit = random.nextLong(8L * size);
      trace("flip bit " + bit + " of " + file);
      disk.flip(file, bit);
    }
  }

  private void vanish() {
    trace("everything vanishes");
    disk.vanish();
    orphans.clear();
    orphansGone.clear();
    for (Run run : live) {
      run.vanished = true;
    }
  }
}
