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
import java.util.Deque;
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
  private final DeliveryLog log;
  private final Thread thread;

  /** Reports that the dispatching thread has not looked at yet. */
  private final ConcurrentLinkedQueue<Report> reports = new ConcurrentLinkedQueue<>();

  // What other threads ask for.
  private volatile long flushTo = -1;
  private volatile boolean stopping;
  private volatile boolean abandoned;

  // Where flushing threads wait.
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private volatile int flushing;

  // Owned by the dispatching thread.
  private final Deque<InFlight> inFlight = new ArrayDeque<>();
  private final Deque<byte[]> spareStorage = new ArrayDeque<>();
  private final Backoff backoff;
  private int underWay;
  private boolean failing;
  private long resumeAt;
  private long lastReadAt = System.nanoTime();

  /**
   * @param resource the fields of {@code ResourceLogs} but its scope logs
   * @param scope the fields of {@code ScopeLogs} but its records
   */
  public Dispatcher(
      Destination destination,
      DestinationAccount account,
      JournalReader reader,
      byte[] resource,
      byte[] scope,
      DeliverySettings settings) {
    this.destination = destination;
    this.account = account;
    this.reader = reader;
    this.resource = resource.clone();
    this.scope = scope.clone();
    this.settings = settings;
    this.log = new DeliveryLog(destination.name());
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
    long count = batch.events.count();
    DeliveryOutcome outcome = report.outcome;
    if (outcome instanceof Retry retry) {
      fail(batch, retry);
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
    }
    if (failing) {
      failing = false;
      backoff.reset();
      log.recovered();
    }
  }

  private void fail(InFlight batch, Retry retry) {
    batch.state = State.WAITING;
    account.retried();
    long now = System.nanoTime();
    // Requests that were under way together fail together: that is one failure, not several.
    long pause = !failing || batch.probe ? backoff.next() : 0;
    long until = now + Math.max(pause, Backoff.wish(retry.after()));
    if (!failing || until - resumeAt > 0) {
      resumeAt = until;
    }
    failing = true;
    log.failing(retry.reason());
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
    InFlight oldest = inFlight.peekFirst();
    while (oldest != null && oldest.state == State.ENDED) {
      inFlight.removeFirst();
      if (!oldest.storageShared) {
        spareStorage.addFirst(oldest.events.storage());
      }
      oldest = inFlight.peekFirst();
    }
    long position = oldest == null ? reader.position() : oldest.start;
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
      inFlight.addLast(batch);
      start(batch, now);
      sent = true;
    }
    return sent;
  }

  /** While failing: sends the oldest batch alone when the pause is over. */
  private boolean probe(long now) {
    if (underWay > 0 || now - resumeAt < 0) {
      return false;
    }
    for (InFlight batch : inFlight) {
      if (batch.state == State.WAITING) {
        batch.probe = true;
        start(batch, now);
        return true;
      }
    }
    return false;
  }

  /** Whether what waits should be sent now: it fills a request, or is old enough, or asked for. */
  private boolean isDue(long now) {
    long available = reader.available();
    return available >= settings.maxBatchSize()
        || available > 0
            && (stopping
                || flushTo > reader.position()
                || now - lastReadAt >= settings.maxDelay().toNanos());
  }

  private @Nullable InFlight read() {
    byte[] storage = spareStorage.pollFirst();
    EventBatch events =
        new EventBatch(
            resource, scope, settings.maxBatchSize(), storage != null ? storage : new byte[0]);
    long start = reader.position();
    int damaged = reader.read(events::add);
    lastReadAt = System.nanoTime();
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
        nanos = Math.max(1, resumeAt - now);
      }
    } else if (underWay < settings.maxInFlight()) {
      enough = settings.maxBatchSize();
      nanos = Math.max(1, settings.maxDelay().toNanos() - (now - lastReadAt));
      if (reader.available() == 0 && nanos < 1_000_000) {
        // Nothing has waited yet, so the delay begins anew.
        nanos = settings.maxDelay().toNanos();
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
    long[] unread = new long[1];
    while (reader.available() > 0) {
      int damaged =
          reader.read(
              (bytes, offset, length) -> {
                unread[0]++;
                return true;
              });
      account.evicted(EvictionReason.DAMAGED, damaged);
      Thread.onSpinWait();
    }
    left += unread[0];
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
