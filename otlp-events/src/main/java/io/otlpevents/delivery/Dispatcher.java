package io.otlpevents.delivery;

import io.otlpevents.delivery.DeliveryOutcome.Delivered;
import io.otlpevents.delivery.DeliveryOutcome.PartiallyDelivered;
import io.otlpevents.delivery.DeliveryOutcome.Refused;
import io.otlpevents.delivery.DeliveryOutcome.Retry;
import io.otlpevents.journal.JournalReader;
import io.otlpevents.journal.Mark;
import io.otlpevents.journal.SegmentOrigin;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RefusalReason;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Feeds one destination from the journal. One thread reads, forms batches and decides; destinations
 * report from threads of their own.
 *
 * <p>A bounded number of batches is under way at once. The journal's space is released in order, up
 * to the oldest batch that has not come to its end. After a failure nothing new is sent until the
 * pause is over; then one batch is sent as a probe, and only its success lets the others follow, so
 * that an outage keeps the order and a receiver that comes back is not flooded with retries.
 */
public final class Dispatcher {

  private static final long ERROR_PAUSE_NANOS = 10_000_000;
  private static final long STALL_NANOS = 100_000;
  private static final long STUCK_NANOS = 1_000_000_000;
  private static final long GRACE_NANOS = 5_000_000_000L;
  private static final EvictionReason[] EVICTION_REASONS = EvictionReason.values();
  private static final Retry NO_OUTCOME = new Retry("the destination reported nothing", null);

  private final Destination destination;
  private final Ledger ledger;
  private final DestinationAccount account;
  private final JournalReader reader;
  private final DeliverySettings settings;
  private final RecordFilter filter;
  private final DeliveryLog log;
  private final StatusBoard status = new StatusBoard();
  private final BatchTuning tuning;
  private final WatchedRecords watched;
  private final Thread thread;

  /** Reports that the dispatching thread has not looked at yet. */
  private final ConcurrentLinkedQueue<Report> reports = new ConcurrentLinkedQueue<>();

  // What other threads ask for.
  private volatile long flushTo = -1;
  private volatile int flushRequests;
  private volatile boolean stopping;
  private volatile boolean abandoned;

  /** Whether somebody has begun to count what is left; it is done once. */
  private final AtomicBoolean settled = new AtomicBoolean();

  // Where flushing threads wait.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private volatile int flushing;

  // Owned by the dispatching thread.
  private final List<InFlight> inFlight = new ArrayList<>();
  private final Deque<byte[]> spareStorage = new ArrayDeque<>();
  private final Backoff backoff;
  private int underWay;
  private boolean failing;
  private long resumeAt;
  private long notBefore;
  private int flushRequestsSeen;
  private boolean stopSeen;
  private long passedOver;
  private long unread;
  private boolean stalled;
  private long lastReadAt = System.nanoTime();

  /**
   * @param filter which records this destination gets; the others are counted as filtered
   */
  public Dispatcher(
      Destination destination,
      Ledger ledger,
      JournalReader reader,
      DeliverySettings settings,
      RecordFilter filter) {
    this.destination = destination;
    this.ledger = ledger;
    this.account = ledger.open(destination.name());
    account.recovered(reader.recovered());
    this.reader = reader;
    this.settings = settings;
    this.filter = filter;
    this.log = new DeliveryLog(destination.name());
    this.tuning = new BatchTuning(settings);
    this.watched = new WatchedRecords(destination.name());
    this.backoff =
        new Backoff(settings.initialBackoff(), settings.maxBackoff(), new SplittableRandom());
    this.thread = new Thread(this::run, "otlp-events-" + destination.name());
    thread.setDaemon(true);
  }

  /** Starts the thread. */
  public void start() {
    thread.start();
  }

  /**
   * Asks for delivery without delay up to this position of the journal, and waits for it.
   *
   * @param deadline by {@link System#nanoTime()}
   * @return whether everything before the position has come to its end
   */
  public boolean flush(long position, long deadline) {
    lock.lock();
    flushing++;
    try {
      if (position > flushTo) {
        flushTo = position;
      }
      flushRequests++;
      LockSupport.unpark(thread);
      while (reader.acknowledged() < position) {
        long remaining = deadline - System.nanoTime();
        if (remaining <= 0 || !thread.isAlive()) {
          return false;
        }
        if (advanced.awaitNanos(Math.min(remaining, TimeUnit.SECONDS.toNanos(1))) <= 0) {
          LockSupport.unpark(thread);
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      flushing--;
      lock.unlock();
    }
  }

  /** The destination's name. */
  public String name() {
    return destination.name();
  }

  /**
   * Asks to be told what becomes of a record. What has not come to an end when this stops is not
   * told.
   *
   * @param position where the record ends in the journal; it must not be readable yet
   */
  public void watch(long position, DeliveryWatcher watcher) {
    watched.add(position, watcher);
  }

  /** Asks no more; the record has been abandoned. */
  public void unwatch(long position) {
    watched.remove(position);
  }

  /** Begins to {@linkplain #stop stop}, and does not wait for it. */
  public void askToStop() {
    stopping = true;
    LockSupport.unpark(thread);
  }

  /**
   * Delivers what is left, then ends. The journal must be sealed before.
   *
   * @param deadline by {@link System#nanoTime()}; what is left then is counted as evicted
   * @return false if the destination does not return control, so that nothing could be counted
   */
  public boolean stop(long deadline) {
    askToStop();
    boolean interrupted = false;
    while (thread.isAlive()) {
      long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (millis <= 0 || interrupted) {
        abandoned = true;
        LockSupport.unpark(thread);
        break;
      }
      try {
        thread.join(millis);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    // Counting what is left takes a moment, unless the destination does not return.
    long grace = System.nanoTime() + GRACE_NANOS;
    long millis = TimeUnit.NANOSECONDS.toMillis(GRACE_NANOS);
    while (thread.isAlive() && millis > 0) {
      try {
        thread.join(millis);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      millis = TimeUnit.NANOSECONDS.toMillis(grace - System.nanoTime());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !settled.compareAndSet(false, true);
  }

  /** Counts what is left in place of a destination that does not return control. */
  public void settleAnyway() {
    if (reader.isPersistent()) {
      log.kept(ledger.pending(account));
      return;
    }
    ledger.evictPending(account, EvictionReason.CLOSED);
    log.abandoned();
  }

  /** How the destination is doing. Any thread may ask. */
  public DestinationStatus status() {
    return status.read(destination.name(), reader.unacknowledged());
  }

  private void run() {
    boolean last = false;
    while (!last) {
      try {
        // A set flag, which a destination may leave behind, would make each park return at once.
        Thread.interrupted();
        last = turn();
      } catch (Throwable e) {
        // An error here would otherwise end delivery for good.
        tell(e);
        LockSupport.parkNanos(ERROR_PAUSE_NANOS);
      }
    }
    // Before the destination closes, which may take its time.
    if (settled.compareAndSet(false, true)) {
      settle();
    }
    try {
      destination.close();
    } catch (Throwable e) {
      tell(e);
    }
    signalFlushing();
  }

  private void settle() {
    try {
      evictTheRest();
    } catch (Throwable e) {
      tell(e);
      if (reader.isPersistent()) {
        return;
      }
      ledger.evictPending(account, EvictionReason.CLOSED);
    }
  }

  private void tell(Throwable e) {
    try {
      log.internalError(e);
    } catch (Throwable ignored) {
      // No memory for words, or a broken appender: delivering goes on without them.
    }
  }

  /** One round; returns whether it was the last. */
  private boolean turn() {
    if (settled.get()) {
      return true; // given up on while the destination did not return
    }
    takeReports();
    long now = System.nanoTime();
    expire(now);
    reader.giveUp();
    countPassedOver();
    advance();
    if (abandoned) {
      return true;
    }
    boolean sent = send(now);
    status.load(underWay, inFlight.isEmpty() ? 0 : inFlight.get(0).readAtMillis);
    if (stopping && inFlight.isEmpty() && reader.available() == 0) {
      return true;
    }
    if (!sent) {
      pause(now);
    }
    return false;
  }

  private void takeReports() {
    Report report = reports.poll();
    while (report != null) {
      apply(report);
      report = reports.poll();
    }
  }

  private void apply(Report report) {
    InFlight batch = report.batch;
    if (batch.state != State.UNDER_WAY || batch.attempt != report.attempt) {
      return; // of an attempt that was given up on, or said twice
    }
    underWay--;
    // Whatever is thrown from here on: the batch is sent again, and nothing is lost.
    batch.state = State.WAITING;
    DeliveryOutcome outcome = report.outcome == null ? NO_OUTCOME : report.outcome;
    tuning.answered(System.nanoTime() - batch.sentAt, batch.events.size(), isWhole(outcome));
    if (outcome instanceof Refused refused && isHeld(refused)) {
      outcome = new Retry(refused.reason() + " " + refused.message(), null);
    }
    if (outcome instanceof Retry retry) {
      fail(batch, retry);
    } else if (outcome instanceof Refused refused && isSplit(refused, batch)) {
      split(batch);
      succeeded();
    } else {
      count(outcome, end(batch));
      succeeded();
      tell(outcome, batch);
      tellWatchers(outcome, batch);
    }
  }

  private static boolean isWhole(DeliveryOutcome outcome) {
    return outcome instanceof Delivered
        || outcome instanceof PartiallyDelivered partial && partial.rejected() == 0;
  }

  /** Ends a batch, makes its memory free for another, and returns how many events it had. */
  private long end(InFlight batch) {
    EventBatch events = batch.events;
    batch.state = State.ENDED;
    batch.count = events.count();
    batch.events = EventBatch.NONE;
    if (!batch.storageShared
        && destination.releasesBatches()
        && spareStorage.size() < settings.maxInFlight()) {
      spareStorage.addFirst(events.storage());
    }
    return batch.count;
  }

  private void count(DeliveryOutcome outcome, long count) {
    if (outcome instanceof Delivered) {
      account.delivered(count);
    } else if (outcome instanceof PartiallyDelivered partial) {
      long rejected = Math.max(0, Math.min(partial.rejected(), count));
      account.refused(RefusalReason.PARTIAL_SUCCESS, rejected);
      account.delivered(count - rejected);
    } else if (outcome instanceof Refused refused) {
      account.refused(refused.reason(), count);
    }
  }

  private void tell(DeliveryOutcome outcome, InFlight batch) {
    if (outcome instanceof PartiallyDelivered partial) {
      log.partial(Math.max(0, Math.min(partial.rejected(), batch.count)), partial.message());
    } else if (outcome instanceof Refused refused) {
      log.refused(refused.reason(), batch.count, refused.message());
      status.refused(refused.message());
    }
  }

  private void tellWatchers(DeliveryOutcome outcome, InFlight batch) {
    for (Watched one : batch.watched) {
      String name = destination.name();
      if (outcome instanceof Refused refused) {
        one.watcher.refused(name, refused.reason());
      } else if (isWhole(outcome)) {
        one.watcher.delivered(name);
      } else if (outcome instanceof PartiallyDelivered partial
          && partial.rejected() >= batch.count) {
        one.watcher.refused(name, RefusalReason.PARTIAL_SUCCESS);
      } else {
        one.watcher.uncertain(name);
      }
    }
    batch.watched = List.of();
  }

  /** The receiver has answered: whatever it said, it is there. */
  private void succeeded() {
    boolean recovered = failing;
    failing = false;
    if (recovered) {
      backoff.reset();
      log.recovered();
    }
    status.reached();
  }

  private boolean isHeld(Refused refused) {
    return settings.holdUnauthorized()
        && (refused.reason() == RefusalReason.UNAUTHENTICATED
            || refused.reason() == RefusalReason.PERMISSION_DENIED);
  }

  /** A request that is too large always becomes smaller; a malformed one if so set. */
  private boolean isSplit(Refused refused, InFlight batch) {
    return batch.events.count() > 1
        && (refused.reason() == RefusalReason.TOO_LARGE
            || settings.bisectRefused() && refused.reason() == RefusalReason.INVALID_REQUEST);
  }

  private void split(InFlight batch) {
    EventBatch[] halves = batch.events.split();
    int index = inFlight.indexOf(batch);
    int half = halves[0].count();
    // Both begin where the whole began, so that nothing is released before the first has ended.
    InFlight first = new InFlight(halves[0], batch.start, batch.readAtMillis);
    InFlight second = new InFlight(halves[1], batch.start, batch.readAtMillis);
    for (Watched one : batch.watched) {
      (one.index < half ? first : second)
          .watch(one.index < half ? one.index : one.index - half, one.watcher);
    }
    inFlight.add(index + 1, second);
    inFlight.set(index, first);
  }

  private void fail(InFlight batch, Retry retry) {
    batch.state = State.WAITING;
    account.retried();
    long now = System.nanoTime();
    // Requests that were under way together fail together: that is one failure, not several.
    long wish = now + Backoff.wish(retry.after());
    long pause = !failing || batch.probe ? backoff.next() : 0;
    if (stopping) {
      // There may be no time for a long one.
      pause = Math.min(pause, settings.initialBackoff().toNanos());
    }
    long until = now + pause;
    if (!failing || until - resumeAt > 0) {
      resumeAt = until;
    }
    if (!failing || wish - notBefore > 0) {
      notBefore = wish;
    }
    failing = true;
    log.failing(retry.reason());
    status.failing(retry.reason());
  }

  private void expire(long now) {
    for (InFlight batch : inFlight) {
      if (batch.state == State.UNDER_WAY && now - batch.sentAt >= attemptNanos()) {
        Retry retry = new Retry("no answer within " + settings.attemptTimeout(), null);
        batch.storageShared = true;
        batch.state = State.WAITING;
        underWay--;
        fail(batch, retry);
      }
    }
  }

  private long attemptNanos() {
    return settings.attemptTimeout().toNanos();
  }

  /** Releases the journal up to the oldest batch that has not ended. */
  private void advance() {
    while (!inFlight.isEmpty() && inFlight.get(0).state == State.ENDED) {
      inFlight.remove(0);
    }
    Mark mark = inFlight.isEmpty() ? reader.mark() : inFlight.get(0).start;
    if (mark.position() > reader.acknowledged()) {
      reader.acknowledge(mark);
      signalFlushing();
    }
  }

  private void signalFlushing() {
    if (flushing > 0) {
      lock.lock();
      try {
        advanced.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean send(long now) {
    if (failing) {
      return probe(now);
    }
    boolean sent = false;
    for (InFlight batch : inFlight) {
      if (underWay >= settings.maxInFlight()) {
        return sent;
      }
      if (batch.state == State.WAITING) {
        start(batch, now);
        sent = true;
      }
    }
    while (underWay < settings.maxInFlight() && isDue(now)) {
      InFlight batch = read();
      if (batch == null) {
        break;
      }
      start(batch, now);
      sent = true;
    }
    return sent;
  }

  /** While failing: sends the oldest batch alone when the pause is over. */
  private boolean probe(long now) {
    if (underWay > 0) {
      return false;
    }
    if (inFlight.stream().noneMatch(batch -> batch.state == State.WAITING)) {
      // Nothing is left that could be sent as a probe; then the next new batch is it.
      failing = false;
      return false;
    }
    if (now - notBefore < 0 || !(now - resumeAt >= 0 || isAsked())) {
      return false;
    }
    for (InFlight batch : inFlight) {
      if (batch.state == State.WAITING) {
        batch.probe = true;
        status.probing();
        start(batch, now);
        return true;
      }
    }
    return false;
  }

  /**
   * Whether somebody asked for delivery since the last probe; that is worth one before its time.
   */
  private boolean isAsked() {
    boolean asked = flushRequests != flushRequestsSeen || stopping && !stopSeen;
    flushRequestsSeen = flushRequests;
    stopSeen = stopping;
    return asked;
  }

  /** Whether what waits should be sent now: it fills a request, or is old enough, or asked for. */
  private boolean isDue(long now) {
    long available = reader.available();
    return available >= enough()
        || available > 0
            && (stopping || flushTo > reader.position() || now - lastReadAt >= tuning.delayNanos());
  }

  /**
   * How many bytes are worth a request at once; a small journal must not fill up waiting for more.
   */
  private long enough() {
    return Math.min(tuning.batchSize(), reader.budget() / 4);
  }

  private @Nullable InFlight read() {
    byte[] storage = spareStorage.pollFirst();
    SegmentOrigin origin = reader.origin();
    EventBatch events =
        new EventBatch(
            origin.resource(),
            origin.scope(),
            tuning.batchSize(),
            storage != null ? storage : new byte[0]);
    InFlight batch = new InFlight(events, reader.mark(), System.currentTimeMillis());
    // It has an owner before the reader moves: whatever is thrown meanwhile, what was read is sent.
    inFlight.add(batch);
    try {
      reader.read((bytes, offset, length) -> take(batch, bytes, offset, length));
    } finally {
      lastReadAt = System.nanoTime();
      countPassedOver();
      if (events.count() == 0) {
        inFlight.remove(inFlight.size() - 1);
      }
    }
    stalled = events.count() == 0;
    if (stalled) {
      spareStorage.addFirst(events.storage());
      if (inFlight.isEmpty()) {
        advance();
      }
      return null;
    }
    return batch;
  }

  private boolean take(InFlight batch, ByteBuffer bytes, int offset, int length) {
    if (admits(bytes, offset, length)) {
      EventBatch events = batch.events;
      boolean added = events.add(bytes, offset, length);
      if (added && !watched.isEmpty()) {
        DeliveryWatcher watcher = watched.take(reader.end(length));
        if (watcher != null) {
          batch.watch(events.count() - 1, watcher);
        }
      }
      return added;
    }
    passedOver++;
    if (!watched.isEmpty()) {
      watched.filtered(reader.end(length));
    }
    return true;
  }

  /** Counts records that were read but do not go into a batch. */
  private void countPassedOver() {
    account.filtered(passedOver);
    passedOver = 0;
    EvictionReason only = null;
    int reasons = 0;
    for (EvictionReason reason : EVICTION_REASONS) {
      long lost = reader.takeLost(reason);
      if (lost > 0) {
        only = reason;
        reasons++;
        account.evicted(reason, lost);
        log.lost(reason, lost);
      }
    }
    if (!watched.isEmpty()) {
      watched.passed(reader.position(), reasons == 1 ? only : null);
    }
  }

  /** A filter that throws admits the record: better one too many than one lost. */
  private boolean admits(ByteBuffer bytes, int offset, int length) {
    try {
      return filter.admits(bytes, offset, length);
    } catch (Throwable e) {
      tell(e);
      return true;
    }
  }

  private void start(InFlight batch, long now) {
    batch.state = State.UNDER_WAY;
    batch.attempt++;
    batch.sentAt = now;
    underWay++;
    int attempt = batch.attempt;
    try {
      destination.send(batch.events, outcome -> report(batch, attempt, outcome));
    } catch (Throwable e) {
      // It may have handed the bytes on before it failed.
      batch.storageShared = true;
      log.internalError(e);
      report(batch, attempt, new Retry(e.toString(), null));
    }
  }

  private void report(InFlight batch, int attempt, @Nullable DeliveryOutcome outcome) {
    reports.add(new Report(batch, attempt, outcome));
    LockSupport.unpark(thread);
  }

  private void pause(long now) {
    long nanos = settings.maxDelay().toNanos();
    long enough = Long.MAX_VALUE / 2;
    if (failing) {
      if (underWay == 0) {
        nanos = Math.max(1, Math.max(resumeAt - now, notBefore - now));
      }
    } else if (underWay < settings.maxInFlight()) {
      enough = enough();
      nanos = Math.max(1, tuning.delayNanos() - (now - lastReadAt));
      if (reader.available() == 0 && nanos < 1_000_000) {
        // Nothing has waited yet, so the delay begins anew.
        nanos = tuning.delayNanos();
        lastReadAt = now;
      }
    }
    if (underWay > 0) {
      nanos = Math.min(nanos, attemptNanos());
    }
    if (stopping && !failing && underWay == 0) {
      // Something is claimed but not written yet; it is a matter of a moment.
      Thread.onSpinWait();
      nanos = Math.min(nanos, 1_000_000);
    }
    if (stalled && reader.available() > 0) {
      // A record is claimed but not written: to look again at once would only spin.
      enough = Long.MAX_VALUE / 2;
      nanos = Math.min(Math.max(nanos, STALL_NANOS), 20 * STALL_NANOS);
    }
    if (reports.isEmpty() && !abandoned) {
      reader.await(enough, nanos);
    }
  }

  /** After the last turn: counts what was under way and what was never read. */
  private void evictTheRest() {
    // A report may have come in meanwhile.
    takeReports();
    if (reader.isPersistent()) {
      advance();
      keepTheRest();
      return;
    }
    for (InFlight batch : inFlight) {
      if (batch.state != State.ENDED) {
        unread += batch.events.count();
      }
    }
    inFlight.clear();
    status.load(0, 0);
    long deadline = System.nanoTime() + STUCK_NANOS;
    while (reader.available() > 0 && System.nanoTime() - deadline < 0) {
      reader.read(this::passOver);
      countPassedOver();
      Thread.onSpinWait();
    }
    long left = unread;
    unread = 0;
    if (left > 0) {
      account.evicted(EvictionReason.CLOSED, left);
      log.evicted(left);
    }
    if (reader.available() > 0) {
      // A record was claimed by a thread that never wrote it; nothing behind it can be read.
      ledger.evictPending(account, EvictionReason.CLOSED);
    }
    reader.acknowledge(reader.mark());
  }

  /** On disk everything that has not come to its end waits for the next process. */
  private void keepTheRest() {
    inFlight.clear();
    long left = ledger.pending(account);
    if (left > 0) {
      log.kept(left);
    }
  }

  private boolean passOver(ByteBuffer bytes, int offset, int length) {
    DeliveryWatcher watcher = watched.isEmpty() ? null : watched.take(reader.end(length));
    if (admits(bytes, offset, length)) {
      unread++;
      if (watcher != null) {
        watcher.evicted(destination.name(), EvictionReason.CLOSED);
      }
    } else {
      passedOver++;
      if (watcher != null) {
        watcher.filtered(destination.name());
      }
    }
    return true;
  }

  private enum State {
    WAITING,
    UNDER_WAY,
    ENDED
  }

  private record Report(InFlight batch, int attempt, @Nullable DeliveryOutcome outcome) {}

  /** A batch on its way; owned by the dispatching thread. */
  private static final class InFlight {

    EventBatch events;
    final Mark start;

    /** When its events were taken from the journal, by the wall clock; people are told. */
    final long readAtMillis;

    long count;
    State state = State.WAITING;
    int attempt;
    long sentAt;
    boolean probe;

    /** Whether an attempt that was given up on may still read the batch's bytes. */
    boolean storageShared;

    /** Whoever wants to be told about single events of the batch. */
    List<Watched> watched = List.of();

    InFlight(EventBatch events, Mark start, long readAtMillis) {
      this.events = events;
      this.start = start;
      this.readAtMillis = readAtMillis;
    }

    void watch(int index, DeliveryWatcher watcher) {
      if (watched.isEmpty()) {
        watched = new ArrayList<>();
      }
      watched.add(new Watched(index, watcher));
    }
  }

  private record Watched(int index, DeliveryWatcher watcher) {}
}
