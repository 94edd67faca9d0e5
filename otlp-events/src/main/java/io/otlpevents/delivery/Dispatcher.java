package io.otlpevents.delivery;

import io.otlpevents.delivery.DeliveryOutcome.Delivered;
import io.otlpevents.delivery.DeliveryOutcome.PartiallyDelivered;
import io.otlpevents.delivery.DeliveryOutcome.Refused;
import io.otlpevents.delivery.DeliveryOutcome.Retry;
import io.otlpevents.journal.JournalReader;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.RefusalReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
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

  private final Destination destination;
  private final DestinationAccount account;
  private final JournalReader reader;
  private final byte[] resource;
  private final byte[] scope;
  private final DeliverySettings settings;
  private final RecordFilter filter;
  private final DeliveryLog log;
  private final StatusBoard status = new StatusBoard();
  private final BatchTuning tuning;
  private final Thread thread;

  /** Reports that the dispatching thread has not looked at yet. */
  private final ConcurrentLinkedQueue<Report> reports = new ConcurrentLinkedQueue<>();

  // What other threads ask for.
  private volatile long flushTo = -1;
  private volatile int flushRequests;
  private volatile boolean stopping;
  private volatile boolean abandoned;

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
  private long lastReadAt = System.nanoTime();

  /**
   * @param resource the fields of {@code ResourceLogs} but its scope logs
   * @param scope the fields of {@code ScopeLogs} but its records
   * @param filter which records this destination gets; the others are counted as filtered
   */
  public Dispatcher(
      Destination destination,
      DestinationAccount account,
      JournalReader reader,
      byte[] resource,
      byte[] scope,
      DeliverySettings settings,
      RecordFilter filter) {
    this.destination = destination;
    this.account = account;
    this.reader = reader;
    this.resource = resource.clone();
    this.scope = scope.clone();
    this.settings = settings;
    this.filter = filter;
    this.log = new DeliveryLog(destination.name());
    this.tuning = new BatchTuning(settings);
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

  /**
   * Delivers what is left, then ends. The journal must be sealed before.
   *
   * @param deadline by {@link System#nanoTime()}; what is left then is counted as evicted
   */
  public void stop(long deadline) {
    stopping = true;
    LockSupport.unpark(thread);
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
    // Counting what is left takes no time worth a limit, and the balance depends on it.
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** How the destination is doing. Any thread may ask. */
  public DestinationStatus status() {
    return status.read(destination.name(), reader.unacknowledged());
  }

  private void run() {
    while (true) {
      try {
        if (turn()) {
          break;
        }
      } catch (Throwable e) {
        // An error here would otherwise end delivery for good.
        log.internalError(e);
        LockSupport.parkNanos(ERROR_PAUSE_NANOS);
      }
    }
    try {
      destination.close();
    } catch (Throwable e) {
      log.internalError(e);
    }
    evictTheRest();
    signalFlushing();
  }

  /** One round; returns whether it was the last. */
  private boolean turn() {
    takeReports();
    long now = System.nanoTime();
    expire(now);
    advance();
    if (abandoned) {
      return true;
    }
    boolean sent = send(now);
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
    tuning.answered(
        System.nanoTime() - batch.sentAt, batch.events.size(), report.outcome instanceof Delivered);
    long count = batch.events.count();
    DeliveryOutcome outcome = report.outcome;
    if (outcome instanceof Refused refused && isHeld(refused)) {
      outcome = new Retry(refused.reason() + " " + refused.message(), null);
    }
    if (outcome instanceof Retry retry) {
      fail(batch, retry);
      return;
    }
    if (outcome instanceof Refused refused && isSplit(refused, batch)) {
      split(batch);
      succeeded();
      return;
    }
    batch.state = State.ENDED;
    if (outcome instanceof Delivered) {
      account.delivered(count);
    } else if (outcome instanceof PartiallyDelivered partial) {
      long rejected = Math.max(0, Math.min(partial.rejected(), count));
      account.refused(RefusalReason.PARTIAL_SUCCESS, rejected);
      account.delivered(count - rejected);
      log.partial(rejected, partial.message());
    } else if (outcome instanceof Refused refused) {
      account.refused(refused.reason(), count);
      log.refused(refused.reason(), count, refused.message());
      status.refused(refused.message());
    }
    succeeded();
  }

  /** The receiver has answered: whatever it said, it is there. */
  private void succeeded() {
    if (failing) {
      failing = false;
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
    // Both begin where the whole began, so that nothing is released before the first has ended.
    inFlight.set(index, new InFlight(halves[0], batch.start));
    inFlight.add(index + 1, new InFlight(halves[1], batch.start));
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
        batch.storageShared = true;
        underWay--;
        fail(batch, new Retry("no answer within " + settings.attemptTimeout(), null));
      }
    }
  }

  private long attemptNanos() {
    return settings.attemptTimeout().toNanos();
  }

  /** Releases the journal up to the oldest batch that has not ended. */
  private void advance() {
    while (!inFlight.isEmpty() && inFlight.get(0).state == State.ENDED) {
      InFlight ended = inFlight.remove(0);
      if (!ended.storageShared && spareStorage.size() < settings.maxInFlight()) {
        spareStorage.addFirst(ended.events.storage());
      }
    }
    long position = inFlight.isEmpty() ? reader.position() : inFlight.get(0).start;
    if (position != reader.acknowledged()) {
      reader.acknowledge(position);
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
      inFlight.add(batch);
      start(batch, now);
      sent = true;
    }
    return sent;
  }

  /** While failing: sends the oldest batch alone when the pause is over. */
  private boolean probe(long now) {
    if (underWay > 0 || now - notBefore < 0 || !(now - resumeAt >= 0 || isAsked())) {
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
    return available >= tuning.batchSize()
        || available > 0
            && (stopping || flushTo > reader.position() || now - lastReadAt >= tuning.delayNanos());
  }

  private @Nullable InFlight read() {
    byte[] storage = spareStorage.pollFirst();
    EventBatch events =
        new EventBatch(
            resource, scope, tuning.batchSize(), storage != null ? storage : new byte[0]);
    long start = reader.position();
    long[] filtered = new long[1];
    int damaged =
        reader.read(
            (bytes, offset, length) -> {
              if (filter.admits(bytes, offset, length)) {
                return events.add(bytes, offset, length);
              }
              filtered[0]++;
              return true;
            });
    lastReadAt = System.nanoTime();
    account.filtered(filtered[0]);
    if (damaged > 0) {
      account.evicted(EvictionReason.DAMAGED, damaged);
      log.damaged(damaged);
    }
    if (events.count() == 0) {
      spareStorage.addFirst(events.storage());
      if (inFlight.isEmpty()) {
        advance();
      }
      return null;
    }
    return new InFlight(events, start);
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

  private void report(InFlight batch, int attempt, DeliveryOutcome outcome) {
    reports.add(new Report(batch, attempt, outcome));
    LockSupport.unpark(thread);
  }

  private void pause(long now) {
    long nanos = settings.maxDelay().toNanos();
    long enough = Long.MAX_VALUE / 2;
    if (failing) {
      if (underWay == 0) {
        nanos = Math.max(1, Math.max(resumeAt, notBefore) - now);
      }
    } else if (underWay < settings.maxInFlight()) {
      enough = tuning.batchSize();
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
    if (reports.isEmpty() && !abandoned) {
      reader.await(enough, nanos);
    }
  }

  /** After the last turn: counts what was under way and what was never read. */
  private void evictTheRest() {
    // A report may have come in meanwhile.
    takeReports();
    long left = 0;
    for (InFlight batch : inFlight) {
      if (batch.state != State.ENDED) {
        left += batch.events.count();
      }
    }
    inFlight.clear();
    long[] unread = new long[2];
    while (reader.available() > 0) {
      int damaged =
          reader.read(
              (bytes, offset, length) -> {
                unread[filter.admits(bytes, offset, length) ? 0 : 1]++;
                return true;
              });
      account.evicted(EvictionReason.DAMAGED, damaged);
      Thread.onSpinWait();
    }
    left += unread[0];
    account.filtered(unread[1]);
    if (left > 0) {
      account.evicted(EvictionReason.CLOSED, left);
      log.evicted(left);
    }
    reader.acknowledge(reader.position());
  }

  private enum State {
    WAITING,
    UNDER_WAY,
    ENDED
  }

  private record Report(InFlight batch, int attempt, DeliveryOutcome outcome) {}

  /** A batch on its way; owned by the dispatching thread. */
  private static final class InFlight {

    final EventBatch events;
    final long start;
    State state = State.WAITING;
    int attempt;
    long sentAt;
    boolean probe;

    /** Whether an attempt that was given up on may still read the batch's bytes. */
    boolean storageShared;

    InFlight(EventBatch events, long start) {
      this.events = events;
      this.start = start;
    }
  }
}
