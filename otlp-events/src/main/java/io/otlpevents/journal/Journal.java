package io.otlpevents.journal;

import io.otlpevents.ledger.EvictionReason;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded sequence of records that many threads append to and each reader reads in order. It is
 * queue, overflow buffer, bound and spool in one; it lies in memory or in files.
 *
 * <p>Records lie in {@linkplain Segment segments}. A background thread prepares the next segment
 * when the present one is half full, and cleans the ones every reader has passed; so appending
 * neither locks, nor allocates, nor touches a file. An idle journal holds one segment or two, a
 * busy one as many as it needs within its budget, and it gives them back when they have not been
 * needed for a while.
 *
 * <pre>
 * oldest ─► … ─► … ─► active ─► (prepared)     linked by next
 *   ▲        ▲          ▲
 *   │        │          └ threads append
 *   │        └ readers, each with a place of its own
 *   └ what earlier processes left, on disk
 * </pre>
 *
 * <p>A position in the journal is the sum of the sizes of the segments before, plus the offset in
 * the segment; positions only grow, and hold for this run of the process.
 */
public final class Journal implements AutoCloseable {

  /** Bytes to leave free in front of a record that is appended. */
  public static final int PREFIX = Segment.PREFIX;

  /** Readers that wait are looked after each time appending has passed so many bytes. */
  private static final int PROGRESS_MASK = ~(32 * 1024 - 1);

  private static final long SHRINK_AFTER_NANOS = 5_000_000_000L;
  private static final long RETRY_NANOS = 1_000_000_000L;
  private static final long LOOK_NANOS = 1_000_000_000L;

  /** How long a caller waits for a segment that is being made, whatever the policy. */
  private static final long PREPARING_NANOS = 1_000_000_000L;

  /** How long closing waits for a disk that does not answer. */
  private static final long CLOSE_NANOS = 5_000_000_000L;

  /** How many segments are kept ready on disk at most. */
  private static final int MAX_AHEAD = 16;

  /**
   * What segments are cleaned with; there from the start, for memory may be short when it is used.
   */
  private static final byte[] ZEROS = new byte[16 * 1024];

  private static final Logger logger = LoggerFactory.getLogger(Journal.class);

  private final JournalSettings settings;
  private final Storage storage;
  private final SegmentOrigin origin;
  private final long maxBlockNanos;
  private final long maxAgeNanos;
  private final JournalClock clock;
  private final SpaceGate gate = new SpaceGate();
  private final List<JournalReader> readers = new CopyOnWriteArrayList<>();
  private final Thread keeper;
  private final @Nullable Syncer syncer;

  /** Where the policy leaves forcing to the operating system: there once somebody asks for it. */
  private volatile @Nullable Syncer onDemand;

  private volatile Segment active;
  private volatile Segment oldest;
  private volatile boolean closed;
  private volatile boolean stopped;
  private volatile @Nullable Floor floor;
  private volatile @Nullable Trouble trouble;

  /**
   * Whether the budget was found spent, so that callers need not take the lock to find it again.
   */
  private volatile boolean spent;

  /** Whether the keeper has something to do; cleared by the keeper before it looks. */
  private final AtomicBoolean work = new AtomicBoolean();

  /**
   * Taken when a segment is linked, released or cleaned, never to append. Not a monitor: before
   * Java 24 a virtual thread that waits for one holds its carrier.
   */
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock.
  private final SplittableRandom seeds =
      new SplittableRandom(ThreadLocalRandom.current().nextLong());
  private final Deque<Piece> clean = new ArrayDeque<>();
  private final Deque<Piece> used = new ArrayDeque<>();
  private final Deque<Piece> unwanted = new ArrayDeque<>();
  private final Deque<Piece> damaged = new ArrayDeque<>();

  /** What could not be removed; tried again later, and still in the budget. */
  private final Deque<Piece> stuck = new ArrayDeque<>();

  private long bytes;
  private long nextId;
  private boolean starved;
  private long starvedUntil;
  private boolean preparing;
  private int ahead = 1;
  private @Nullable Segment unsealed;
  private long unsealedSequence;
  private boolean unsealedDone;

  /** When files and ages were looked at last; owned by the keeper. */
  private long lookedNanos;

  /**
   * Starts a journal, in memory unless the settings name a directory.
   *
   * @param resource bytes that tell where the records come from, kept with each segment
   * @param scope more of the same
   * @throws JournalDirectoryException if the directory cannot be used
   */
  public Journal(JournalSettings settings, byte[] resource, byte[] scope) {
    this(
        settings,
        new SegmentOrigin(resource.clone(), scope.clone()),
        settings.disk() == null
            ? new MemoryStorage()
            : new DiskStorage(new SystemFiles(), settings.disk(), JournalClock.SYSTEM),
        JournalClock.SYSTEM,
        true);
  }

  /**
   * Starts a journal.
   *
   * @param attended false for one without threads, for tests: {@link #attend} and {@link #rest} are
   *     what they would do
   */
  Journal(
      JournalSettings settings,
      SegmentOrigin origin,
      Storage storage,
      JournalClock clock,
      boolean attended) {
    this.settings = settings;
    this.clock = clock;
    this.origin = origin;
    this.storage = storage;
    this.maxBlockNanos = saturatedNanos(settings.maxBlock());
    Duration maxAge = settings.maxAge();
    this.maxAgeNanos = maxAge == null ? Long.MAX_VALUE : saturatedNanos(maxAge);
    int available = settings.segmentSize() - Segment.overhead(origin);
    if (Segment.align(Segment.FRAME_HEADER + settings.maxEventSize()) > available) {
      storage.close();
      throw new IllegalArgumentException(
          "a segment of "
              + settings.segmentSize()
              + " bytes cannot hold the resource attributes and an event of the largest size");
    }
    Chain chain;
    try {
      chain = start();
    } catch (IOException e) {
      storage.close();
      throw unusable(e);
    }
    Segment first = chain.last;
    this.oldest = chain.first;
    this.lookedNanos = clock.nanos();
    this.active = first;
    this.unsealed = first;
    this.unsealedSequence = first.sequence;
    DiskSettings disk = settings.disk();
    this.syncer =
        disk == null || disk.fsync() == FsyncPolicy.OS ? null : new Syncer(this, disk, first);
    this.keeper = new Thread(this::keep, "otlp-events-journal");
    keeper.setDaemon(true);
    if (attended) {
      keeper.start();
      if (syncer != null) {
        syncer.start();
      }
    }
  }

  private JournalDirectoryException unusable(IOException e) {
    DiskSettings disk = settings.disk();
    Path directory = disk == null ? Path.of("") : disk.directory();
    return JournalDirectoryException.unusable(directory, e);
  }

  private record Chain(Segment first, Segment last) {}

  /** Links what earlier processes left, and behind it a segment to append to. */
  private Chain start() throws IOException {
    Segment earliest = null;
    Segment last = null;
    for (StoredSegment stored : storage.recover()) {
      Segment segment =
          new Segment(stored, last == null ? 0 : last.start + last.capacity, clock.nanos());
      bytes += stored.piece().buffer().capacity();
      if (last == null) {
        earliest = segment;
      } else {
        last.next = segment;
      }
      last = segment;
    }
    nextId = storage.firstId();
    Piece piece;
    try {
      piece = storage.allocate(settings.segmentSize());
    } catch (IOException e) {
      if (e instanceof AccessDeniedException) {
        throw e;
      }
      // Neither a full disk nor short memory is a reason not to start: events are refused until
      // there is room.
      fail("no room for a segment", e);
      starved = true;
      starvedUntil = clock.nanos() + RETRY_NANOS;
      piece = nothing();
    }
    bytes += piece.buffer().capacity();
    Segment first = newSegment(piece, last, storage.firstSequence());
    if (piece instanceof NoRoom) {
      first.seal();
    }
    if (last != null) {
      last.next = first;
    }
    return new Chain(earliest == null ? first : earliest, first);
  }

  /** A segment without room for a single record stands in until there is a real one. */
  private Piece nothing() {
    return new NoRoom(ByteBuffer.allocateDirect(Segment.overhead(origin)), storage.cursors());
  }

  private record NoRoom(ByteBuffer buffer, @Nullable CursorFile cursors) implements Piece {}

  private Segment newSegment(Piece piece, @Nullable Segment last, long sequence) {
    SegmentHeader header =
        new SegmentHeader(
            nextId++, seeds.nextLong(), clock.millis(), piece.buffer().capacity(), origin);
    long start = last == null ? 0 : last.start + last.capacity;
    return new Segment(piece, start, header, sequence, clock.nanos());
  }

  /**
   * A reader that starts with the oldest record that is still here; on disk, with the oldest that
   * the reader of this name, in an earlier process, has not acknowledged.
   */
  public JournalReader openReader(String name) {
    lock.lock();
    try {
      JournalReader reader = new JournalReader(this, name, oldest);
      readers.add(reader);
      return reader;
    } finally {
      lock.unlock();
    }
  }

  /**
   * How many records of earlier processes cannot be read at all, because nothing is known about
   * their segment.
   */
  long unreadable(String reader) {
    return storage.unreadable(reader);
  }

  /**
   * Appends a record. Waits for room where the overflow policy says so and {@code mayWait} allows
   * it; an interrupt does not end the wait and stays set.
   *
   * @param claim what the thread needs, used by no other meanwhile; whoever catches an error of
   *     this method must {@linkplain #abandon abandon} it
   * @param record the record, behind {@link #PREFIX} bytes that this method overwrites
   * @param length the record's length, 1 to the largest event's size
   * @param privileged whether it may use what is reserved
   */
  public AppendResult append(
      Claim claim, byte[] record, int length, boolean mayWait, boolean privileged) {
    if (length <= 0 || length > settings.maxEventSize()) {
      throw new IllegalArgumentException("record of " + length + " bytes");
    }
    int frameSize = Segment.align(Segment.FRAME_HEADER + length);
    long deadline = 0;
    boolean waited = false;
    Segment segment = active;
    while (true) {
      if (privileged || !segment.reserved) {
        long claimed = segment.claim(frameSize);
        if (claimed != Segment.NO_ROOM) {
          claim.begin(segment, claimed, frameSize);
          segment.write(claimed, record, length, claim.checksum);
          int offset = Segment.offset(claimed);
          claim.end(segment, offset + frameSize);
          if (((offset ^ offset + frameSize) & PROGRESS_MASK) != 0) {
            tellProgress(segment, offset, offset + frameSize);
          }
          return isSynced(segment, mayWait) ? AppendResult.APPENDED : AppendResult.UNSYNCED;
        }
      }
      if (closed) {
        return AppendResult.CLOSED;
      }
      if (following(segment, privileged) == null) {
        long patience = mayWait ? patience(segment) : 0;
        if (patience == 0) {
          return closed ? AppendResult.CLOSED : AppendResult.FULL;
        }
        if (!waited) {
          // One limit for all that this caller waits: others may take the room it waited for.
          waited = true;
          deadline = System.nanoTime() + patience;
        }
        if (!awaitSpace(segment, deadline, privileged)) {
          return closed ? AppendResult.CLOSED : AppendResult.FULL;
        }
      }
      segment = active;
    }
  }

  /**
   * Ends what an {@link #append} that threw has claimed, if anything. It needs less stack than
   * appending, so a caller further up that catches a {@link StackOverflowError} has room for it.
   */
  public void abandon(Claim claim) {
    Segment segment = claim.segment;
    if (segment != null) {
      segment.abandon(claim.claimed, claim.frameSize);
      claim.segment = null;
    }
  }

  /** Whether {@link AppendResult#APPENDED} says that a record was forced to the device. */
  public boolean forcesEveryRecord() {
    DiskSettings disk = settings.disk();
    return disk != null && disk.fsync() == FsyncPolicy.ALWAYS;
  }

  /**
   * Asks for a record to be forced to the device, whatever the policy is. Callers that ask at about
   * the same time share one write. Only for a journal on disk.
   *
   * @param position where the record ends, see {@link Claim#listener}; it must have been appended
   * @param done told once, on any thread; must not block
   */
  public void whenForced(long position, Consumer<ForceOutcome> done) {
    Segment segment = oldest;
    while (segment != null && position > segment.start + segment.capacity) {
      segment = segment.next;
    }
    Syncer present = syncer != null ? syncer : onDemand();
    if (segment == null || present == null) {
      done.accept(ForceOutcome.FAILED);
    } else if (position <= segment.start) {
      done.accept(ForceOutcome.RELEASED);
    } else {
      present.whenForced(segment, done);
    }
  }

  /** Null if the journal is closed, or not on disk. */
  private @Nullable Syncer onDemand() {
    Syncer present = onDemand;
    DiskSettings disk = settings.disk();
    if (present != null || disk == null) {
      return present;
    }
    lock.lock();
    try {
      present = onDemand;
      if (present == null && !unsealedDone && !stopped) {
        present = new Syncer(this, disk, oldest);
        present.start();
        onDemand = present;
      }
      return present;
    } finally {
      lock.unlock();
    }
  }

  /** How long a caller waits for room; a segment that is being made is worth a wait anyway. */
  private long patience(Segment full) {
    return switch (settings.overflow()) {
      case BLOCK -> maxBlockNanos;
      case DROP_NEWEST -> storage.isSlow() && !spent && !full.reserved ? PREPARING_NANOS : 0;
      case DROP_OLDEST -> PREPARING_NANOS;
    };
  }

  private void tellProgress(Segment segment, int from, int to) {
    try {
      progressed(segment, from, to);
    } catch (Throwable e) {
      // The record is in the journal, and whoever was not told looks by itself before long.
      work.set(true);
    }
  }

  private void progressed(Segment segment, int from, int to) {
    int half = segment.capacity / 2;
    if (from < half && to >= half) {
      wakeKeeper();
    }
    for (JournalReader reader : readers) {
      reader.wakeIfEnough(segment.start + to);
    }
  }

  /** Whatever happens: the record is in the journal, and counts as such. */
  private boolean isSynced(Segment written, boolean mayWait) {
    Syncer shared = syncer;
    try {
      return shared == null || shared.awaitSync(written, mayWait);
    } catch (Throwable e) { // no memory or no stack to wait with
      return false;
    }
  }

  /** Moves on to the segment behind a full one; null if there is no room for another. */
  private @Nullable Segment following(Segment full, boolean privileged) {
    Segment next = full.next;
    if (next == null) {
      next = spent ? null : extend(full);
      if (next == null) {
        return null;
      }
    }
    if (!privileged && (full.reserved || next.reserved)) {
      return full != active && !active.reserved ? active : null;
    }
    if (active == full) {
      activate(full, next);
    }
    return next;
  }

  /**
   * Links a segment behind this one unless there is one. In memory, the lock is held while memory
   * is taken or cleaned, which appending threads only wait for when the keeper has not done it
   * ahead of them.
   */
  private @Nullable Segment extend(Segment last) {
    lock.lock();
    try {
      Segment next = last.next;
      if (next != null || closed) {
        return next;
      }
      Piece piece = clean.peek();
      if (piece == null) {
        // A reader may have passed a segment's end before there was another to move on to; nobody
        // has told us since.
        release();
        if (storage.isSlow()) {
          ahead = Math.min(MAX_AHEAD, ahead + 1);
          spent = !canPrepare();
          wakeKeeper();
          return null;
        }
        if (!cleanOne()) {
          allocate();
        }
        piece = clean.peek();
      }
      if (piece == null) {
        spent = true;
        return null;
      }
      // Taken from the clean ones only when it has become a segment, so that an error loses none.
      next = newSegment(piece, last, -1);
      next.reserved = isReserved(next);
      clean.poll();
      last.next = next;
      return next;
    } finally {
      lock.unlock();
    }
  }

  private boolean isReserved(Segment segment) {
    return settings.reservedSize() > 0
        && segment.start + segment.capacity - oldest.start
            > settings.maxSize() - settings.reservedSize();
  }

  private boolean canPrepare() {
    return preparing
        || !used.isEmpty()
        || !unwanted.isEmpty()
        || !starved && bytes + settings.segmentSize() <= settings.maxSize();
  }

  private void activate(Segment full, Segment next) {
    lock.lock();
    try {
      if (active == full) {
        full.leftNanos = clock.nanos();
        active = next;
        wakeKeeper();
      }
    } finally {
      lock.unlock();
    }
  }

  /** In memory, by whoever needs it. */
  private void allocate() {
    if (bytes + settings.segmentSize() > settings.maxSize()
        || starved && clock.nanos() - starvedUntil < 0) {
      return;
    }
    starved = false;
    try {
      clean.add(storage.allocate(settings.segmentSize()));
      bytes += settings.segmentSize();
      recovered();
    } catch (IOException e) {
      // The process has less direct memory left than our budget, for now. To ask again at once
      // would cost each caller the collections that the JVM tries before it gives up.
      starve("no memory for a segment", e);
    }
  }

  private void starve(String what, IOException e) {
    starved = true;
    starvedUntil = clock.nanos() + RETRY_NANOS;
    fail(what, e);
    wakeKeeper();
  }

  /**
   * Makes it all zeros. The mark comes first and goes last: whoever finds it after a crash must not
   * take the rest for a segment.
   */
  static void clean(ByteBuffer buffer) {
    mark(buffer);
    wipe(buffer);
    unmark(buffer);
  }

  private static void mark(ByteBuffer buffer) {
    buffer.order(ByteOrder.LITTLE_ENDIAN).putLong(0, SegmentHeader.CLEANING);
    VarHandle.releaseFence();
  }

  private static void unmark(ByteBuffer buffer) {
    VarHandle.releaseFence();
    buffer.putLong(0, 0);
  }

  /** All but the mark. */
  private static void wipe(ByteBuffer buffer) {
    for (int at = 8; at < buffer.capacity(); at += ZEROS.length) {
      buffer.put(at, ZEROS, 0, Math.min(ZEROS.length, buffer.capacity() - at));
    }
  }

  private boolean awaitSpace(Segment full, long deadline, boolean privileged) {
    if (settings.overflow() == OverflowPolicy.DROP_OLDEST && spent) {
      giveUpOldest();
    }
    return gate.await(
        () ->
            closed
                || following(full, privileged) != null
                || active != full && (privileged || !active.reserved)
                || settings.overflow() == OverflowPolicy.DROP_NEWEST && (spent || full.reserved),
        deadline);
  }

  /** Asks readers to give up the oldest segment, which makes room when they have. */
  private void giveUpOldest() {
    lock.lock();
    try {
      Segment next = oldest.next;
      if (next != null && oldest != active) {
        raiseFloor(next, EvictionReason.OVERFLOW);
      }
    } finally {
      lock.unlock();
    }
  }

  private void raiseFloor(Segment to, EvictionReason reason) {
    Floor present = floor;
    if (present == null || present.start() < to.start) {
      floor = new Floor(to.start, reason);
      for (JournalReader reader : readers) {
        reader.wake();
      }
    }
  }

  private static long saturatedNanos(Duration duration) {
    try {
      return Math.min(duration.toNanos(), Long.MAX_VALUE / 4);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 4;
    }
  }

  /** Where the next record will be, at the earliest. */
  public long tail() {
    Segment segment = active;
    return segment.start + segment.claimedTo();
  }

  @Nullable Floor floor() {
    return floor;
  }

  /** Gives back the segments that every reader has passed. */
  void release() {
    lock.lock();
    try {
      long passed = Long.MAX_VALUE;
      for (JournalReader reader : readers) {
        passed = Math.min(passed, reader.released());
      }
      boolean released = false;
      Segment first = oldest;
      Segment next = first.next;
      while (next != null && first != active && passed >= next.start) {
        forgetOthers(first);
        retire(first);
        oldest = next;
        first = next;
        next = first.next;
        released = true;
      }
      if (released) {
        spent = false;
        Segment present = active;
        for (Segment open = present; open != null; open = open.next) {
          open.reserved = isReserved(open);
        }
        wakeKeeper();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Destinations that are not there any more do not keep segments, so that their cursors say
   * nothing once a segment has gone.
   */
  private void forgetOthers(Segment segment) {
    CursorFile cursors = segment.piece.cursors();
    if (cursors != null) {
      cursors.keepOnly(readers.stream().map(JournalReader::name).toList());
    }
  }

  private void retire(Segment segment) {
    Piece piece = segment.piece;
    if (piece instanceof NoRoom) {
      bytes -= piece.buffer().capacity();
    } else if (segment.isDamaged) {
      damaged.add(piece);
    } else if (storage.isReusable(piece, settings.segmentSize())
        && bytes <= settings.maxSize()
        && !segment.suspect) {
      used.add(piece);
    } else {
      unwanted.add(piece);
    }
  }

  private void wakeKeeper() {
    if (!work.getAndSet(true)) {
      LockSupport.unpark(keeper);
    }
  }

  private void keep() {
    while (!stopped) {
      try {
        // A set flag would make each park return at once.
        Thread.interrupted();
        keepOnce();
      } catch (Throwable e) {
        // For example no memory for a moment: appending tries for itself, and so shall we again.
        work.set(true);
        LockSupport.parkNanos(this, 1_000_000);
      }
    }
  }

  /** Does what there is to do; returns whether there was anything. */
  boolean attend() {
    if (!work.getAndSet(false)) {
      return false;
    }
    prepare();
    if (clock.nanos() - lookedNanos > LOOK_NANOS) {
      // A busy journal does not pause.
      look();
    }
    return true;
  }

  private void keepOnce() {
    if (attend()) {
      return;
    }
    long pause = pauseNanos();
    // To wait for the lock may have used up the permit that came with new work.
    if (work.get()) {
      return;
    }
    if (pause == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, pause);
      if (!work.get() && !stopped) {
        rest();
      }
    }
  }

  /** How long there is nothing to do unless somebody asks. */
  private long pauseNanos() {
    lock.lock();
    try {
      long pause = starved ? RETRY_NANOS : clean.isEmpty() ? Long.MAX_VALUE : SHRINK_AFTER_NANOS;
      if (storage.isSlow()) {
        pause = Math.min(pause, LOOK_NANOS);
      }
      return Math.min(pause, maxAgeNanos / 8);
    } finally {
      lock.unlock();
    }
  }

  /** After a pause without work: memory may be had again, or is not needed any more. */
  void rest() {
    boolean wasStarved;
    lock.lock();
    try {
      wasStarved = starved;
      starved = false;
      spent = false;
      unwanted.addAll(stuck);
      stuck.clear();
    } finally {
      lock.unlock();
    }
    look();
    if (wasStarved) {
      prepare();
    } else {
      shrink();
    }
  }

  private void look() {
    lookedNanos = clock.nanos();
    expire();
    if (storage.isSlow()) {
      lookAfterFiles();
    }
  }

  private void prepare() {
    sealFull();
    if (storage.isSlow()) {
      prepareAhead();
    }
    Segment last = active;
    if ((last.claimedTo() >= last.capacity / 2 || last.frames >= 0) && last.next == null) {
      extend(last);
      if (last.next == null && settings.overflow() == OverflowPolicy.DROP_OLDEST) {
        giveUpOldest();
      }
    }
    gate.open();
    if (storage.isSlow()) {
      prepareAhead();
    } else {
      while (cleanOne()) {
        gate.open();
      }
    }
    gate.open();
  }

  /**
   * Cleans a segment that was released. Under the lock, for a segment that is neither used nor
   * clean would be missed by a caller who needs one just then.
   */
  private boolean cleanOne() {
    lock.lock();
    try {
      Piece piece = used.peek();
      if (piece == null) {
        return false;
      }
      clean(piece.buffer());
      clean.add(piece);
      used.poll();
      spent = false;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** On disk: has as many segments ready as were needed at once lately. Only the keeper does it. */
  private void prepareAhead() {
    discardUnwanted();
    while (!stopped) {
      Piece piece;
      lock.lock();
      try {
        if (clean.size() >= ahead || closed) {
          return;
        }
        piece = used.poll();
        if (piece == null
            && (bytes + settings.segmentSize() > settings.maxSize()
                || starved && clock.nanos() - starvedUntil < 0)) {
          return;
        }
        preparing = true;
      } finally {
        lock.unlock();
      }
      boolean made = piece == null;
      boolean ready = false;
      IOException failure = null;
      try {
        if (piece == null) {
          piece = storage.allocate(settings.segmentSize());
          // Touches each page, so that no emitting thread has to wait for it.
          clean(piece.buffer());
        } else {
          cleanFile(piece);
        }
        ready = true;
      } catch (IOException e) {
        failure = e;
      } finally {
        lock.lock();
        try {
          preparing = false;
          if (piece != null) {
            bytes += made ? settings.segmentSize() : 0;
            (ready ? clean : unwanted).add(piece);
          }
          if (failure != null) {
            starve("no room for a segment", failure);
          } else if (ready) {
            starved = false;
            spent = false;
          }
        } finally {
          lock.unlock();
        }
      }
      gate.open();
      if (failure != null) {
        return;
      }
      recovered();
    }
  }

  /**
   * Where a power cut is provided for, what the device has of a file must never look like records:
   * first the cursors that say that nobody needs them, then the mark, then the zeros.
   */
  private void cleanFile(Piece piece) throws IOException {
    ByteBuffer buffer = piece.buffer();
    if (syncer == null) {
      clean(buffer);
      return;
    }
    forceCursors(piece);
    mark(buffer);
    piece.force(0, 8);
    wipe(buffer);
    piece.force(0, buffer.capacity());
    unmark(buffer);
  }

  private void forceCursors(Piece piece) throws IOException {
    CursorFile cursors = piece.cursors();
    if (syncer != null && cursors != null) {
      cursors.force();
    }
  }

  private void discardUnwanted() {
    while (true) {
      Piece piece;
      boolean quarantine;
      lock.lock();
      try {
        piece = damaged.peek();
        quarantine = piece != null;
        if (piece == null) {
          piece = unwanted.peek();
        }
      } finally {
        lock.unlock();
      }
      if (piece == null) {
        return;
      }
      boolean gone = false;
      try {
        forceCursors(piece);
        if (quarantine) {
          storage.quarantine(piece);
        } else {
          storage.discard(piece);
        }
        gone = true;
      } catch (IOException e) {
        fail("a file of the journal cannot be removed", e);
      }
      lock.lock();
      try {
        (quarantine ? damaged : unwanted).poll();
        if (gone) {
          bytes -= piece.buffer().capacity();
          spent = false;
        } else {
          stuck.add(piece);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Writes into full segments how many frames they have. */
  private void sealFull() {
    lock.lock();
    try {
      while (!unsealedDone) {
        Segment segment = unsealed;
        if (segment == null || segment.frames < 0) {
          return;
        }
        if (!segment.sealed && segment.start >= oldest.start) {
          segment.writeSeal(unsealedSequence, segment.frames);
          segment.sealed = true;
        }
        Segment next = segment.next;
        if (next == null) {
          return;
        }
        unsealedSequence += segment.frames;
        unsealed = next;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets half of the unneeded segments go. */
  private void shrink() {
    lock.lock();
    try {
      ahead = Math.max(1, ahead - 1);
      int keep = storage.isSlow() ? ahead : 0;
      int drop = Math.min((clean.size() + 1) / 2, clean.size() - keep);
      for (; drop > 0; drop--) {
        Piece piece = clean.removeLast();
        if (storage.isSlow()) {
          unwanted.add(piece);
        } else {
          bytes -= piece.buffer().capacity();
        }
        spent = false;
      }
      while (storage.isSlow() && !used.isEmpty() && clean.size() >= ahead) {
        unwanted.add(used.poll());
      }
    } finally {
      lock.unlock();
    }
    if (storage.isSlow()) {
      discardUnwanted();
    }
  }

  /** Asks readers to give up what is too old. */
  private void expire() {
    if (settings.maxAge() == null) {
      return;
    }
    long now = clock.nanos();
    lock.lock();
    try {
      Segment first = active;
      if (first.claimedTo() > first.dataStart
          && now - first.createdNanos > maxAgeNanos / 4
          && extend(first) != null) {
        // Its first record would otherwise stay until the segment is full.
        first.seal();
        following(first, true);
      }
      Segment keep = oldest;
      while (keep != active && keep.next != null && now - youngest(keep) > maxAgeNanos) {
        keep = keep.next;
      }
      if (keep != oldest) {
        raiseFloor(keep, EvictionReason.EXPIRED);
      }
    } finally {
      lock.unlock();
    }
  }

  /** When a segment's last record was written, at the latest. */
  private static long youngest(Segment segment) {
    Segment next = segment.next;
    return segment.recovered && next != null ? next.createdNanos : segment.leftNanos;
  }

  private boolean isLost(Segment segment) {
    return !(segment.piece instanceof NoRoom) && !storage.isThere(segment.piece);
  }

  /** Somebody may have removed the files, which then nobody would find after a crash. */
  private void lookAfterFiles() {
    if (!isLost(active) && storage.isThere()) {
      return;
    }
    fail("the files of the journal have gone", new IOException("somebody removed them"));
    try {
      storage.reopen();
    } catch (IOException | RuntimeException e) {
      fail("the journal's directory cannot be made again", new IOException(e));
      return;
    }
    lock.lock();
    try {
      nextId = Math.max(nextId, storage.firstId());
      for (Deque<Piece> pieces : List.of(clean, used)) {
        for (Piece piece : pieces) {
          if (!storage.isThere(piece)) {
            bytes -= piece.buffer().capacity();
          }
        }
        pieces.removeIf(piece -> !storage.isThere(piece));
      }
    } finally {
      lock.unlock();
    }
    prepareAhead();
    // The next one may have gone, too.
    Segment before = null;
    for (Segment present = active; present != before && isLost(present); present = active) {
      before = present;
      roll(present);
    }
  }

  /** Ends a segment before it is full, if there is another. */
  void roll(Segment segment) {
    if (extend(segment) != null) {
      segment.seal();
      following(segment, true);
      wakeKeeper();
    }
  }

  void fail(String what, IOException e) {
    Trouble before = trouble;
    String message = what + ": " + e.getMessage();
    if (before == null || !before.message.equals(message)) {
      logger.warn("Journal: {}", message);
    }
    trouble = new Trouble(message, before == null ? System.currentTimeMillis() : before.since);
  }

  private void recovered() {
    Trouble before = trouble;
    if (before != null) {
      trouble = null;
      logger.info("Journal: works again");
    }
  }

  /** What keeps the journal from taking segments, in words; null if nothing does. */
  public @Nullable String trouble() {
    Trouble present = trouble;
    return present == null ? null : present.message;
  }

  private record Trouble(String message, long since) {}

  /** How many bytes the journal has taken from its budget. */
  public long size() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }

  /**
   * How full the journal is: the bytes that the slowest reader has not acknowledged, as a share of
   * the budget. From 0 to about 1; a journal is full at less than 1 as long as a segment's last
   * records are unacknowledged. Computed when asked, so appending does not pay for it; any thread
   * may ask.
   */
  public double fill() {
    long tail = tail();
    long acknowledged = tail;
    for (int i = 0, end = readers.size(); i < end; i++) {
      acknowledged = Math.min(acknowledged, readers.get(i).acknowledged());
    }
    return (tail - acknowledged) / (double) settings.maxSize();
  }

  /** Whether the journal takes no more records. */
  public boolean isClosed() {
    return closed;
  }

  /** Whether what is here outlives the process. */
  public boolean isPersistent() {
    return settings.disk() != null;
  }

  /** Takes no more records; what is here can still be read. Waiting callers are let go. */
  public void seal() {
    lock.lock();
    try {
      closed = true;
      for (Segment segment = active; segment != null; segment = segment.next) {
        segment.seal();
        active = segment;
      }
    } finally {
      lock.unlock();
    }
    // Without the lock: callers at the gate take it while they hold the gate's.
    gate.open();
  }

  /**
   * Seals the journal and ends its threads. On disk, what no reader has acknowledged stays for the
   * next process.
   */
  @Override
  public void close() {
    seal();
    stopped = true;
    LockSupport.unpark(keeper);
    boolean interrupted = false;
    long deadline = System.nanoTime() + CLOSE_NANOS;
    while (keeper.isAlive() && System.nanoTime() - deadline < 0) {
      try {
        keeper.join(1_000);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (storage.isSlow()) {
      closeFiles();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeFiles() {
    if (!readers.isEmpty()) {
      release();
    }
    sealFull();
    if (syncer != null) {
      syncer.close();
    }
    Syncer asked = onDemand;
    if (asked != null) {
      asked.close();
    }
    lock.lock();
    try {
      if (unsealedDone) {
        return;
      }
      unsealedDone = true;
      long end = 0;
      for (Segment segment = oldest; segment != null; segment = segment.next) {
        if (segment.frames > 0) {
          end = segment.start + segment.end;
        } else if (segment.frames < 0 && segment.claimedTo() > segment.dataStart) {
          // A thread that is about to find it full has not said so yet.
          end = Math.max(end, segment.start + Math.min(segment.claimedTo(), segment.capacity));
        }
      }
      boolean empty = true;
      for (JournalReader reader : readers) {
        empty &= reader.released() >= end;
      }
      if (empty && !readers.isEmpty()) {
        // Nothing is left that a successor would need.
        for (Segment segment = oldest; segment != null; segment = segment.next) {
          retire(segment);
        }
      }
      unwanted.addAll(used);
      unwanted.addAll(clean);
      used.clear();
      clean.clear();
    } finally {
      lock.unlock();
    }
    discardUnwanted();
    storage.close();
  }

  @Nullable Syncer syncer() {
    return syncer;
  }

  long budget() {
    return settings.maxSize();
  }

  Segment oldest() {
    return oldest;
  }

  Segment active() {
    return active;
  }
}
