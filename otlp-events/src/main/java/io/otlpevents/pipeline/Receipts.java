package io.otlpevents.pipeline;

import io.otlpevents.DeliveryReport.Outcome;
import io.otlpevents.DeliveryStatus;
import io.otlpevents.Durability;
import io.otlpevents.EmitResult;
import io.otlpevents.TooManyReceiptsException;
import io.otlpevents.delivery.Dispatcher;
import io.otlpevents.journal.Journal;
import io.otlpevents.ledger.EvictionReason;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The receipts that are not complete yet, at most so many, and the threads that complete them.
 * Where nobody asks for receipts, there are no such threads.
 */
final class Receipts {

  private static final int THREADS = 2;

  private final Journal journal;

  /** Complete before the first event is emitted. */
  private final List<Dispatcher> dispatchers;

  private final int limit;
  private final AtomicInteger open = new AtomicInteger();
  private final Set<PendingReceipt> pending = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor executor;

  Receipts(Journal journal, List<Dispatcher> dispatchers, int limit) {
    this.journal = journal;
    this.dispatchers = dispatchers;
    this.limit = limit;
    this.executor =
        new ThreadPoolExecutor(
            THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Receipts::thread);
    executor.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "otlp-events-receipts");
    thread.setDaemon(true);
    return thread;
  }

  /** A receipt for an event that is about to be emitted; null if there are too many. */
  @Nullable PendingReceipt begin() {
    if (!acquire()) {
      return null;
    }
    PendingReceipt receipt = new PendingReceipt(this);
    pending.add(receipt);
    return receipt;
  }

  TooManyReceiptsException tooMany() {
    return new TooManyReceiptsException(limit);
  }

  private boolean acquire() {
    if (open.incrementAndGet() <= limit) {
      return true;
    }
    open.decrementAndGet();
    return false;
  }

  void watch(long position, PendingReceipt receipt) {
    for (int i = 0; i < dispatchers.size(); i++) {
      dispatchers.get(i).watch(position, receipt);
    }
  }

  /** The event did not get into the journal. */
  void forget(long position, PendingReceipt receipt) {
    if (position >= 0) {
      dispatchers.forEach(dispatcher -> dispatcher.unwatch(position));
    }
    end(receipt);
  }

  private void end(PendingReceipt receipt) {
    if (pending.remove(receipt)) {
      open.decrementAndGet();
    }
  }

  int destinations() {
    return dispatchers.size();
  }

  /** A receipt is complete. */
  void told(PendingReceipt receipt, Runnable completion) {
    end(receipt);
    execute(completion);
  }

  private void execute(Runnable completion) {
    try {
      executor.execute(completion);
    } catch (Throwable e) {
      // No memory for a thread: the next that can be made does it.
      executor.getQueue().add(completion);
    }
  }

  /** Asks for everything up to a position to be forced to the device. */
  CompletionStage<Durability> force(long position, EmitResult result) {
    if (!journal.isPersistent()) {
      return CompletableFuture.completedStage(Durability.MEMORY_ONLY);
    }
    if (result == EmitResult.ACCEPTED && journal.forcesEveryRecord()) {
      return CompletableFuture.completedStage(Durability.SYNCED);
    }
    if (!acquire()) {
      return CompletableFuture.failedStage(tooMany());
    }
    CompletableFuture<Durability> durable = new CompletableFuture<>();
    journal.whenForced(
        position,
        outcome -> {
          open.decrementAndGet();
          Durability durability =
              switch (outcome) {
                case FORCED -> Durability.SYNCED;
                case FAILED -> Durability.UNSYNCED;
                case RELEASED -> Durability.RELEASED;
              };
          execute(() -> durable.complete(durability));
        });
    return durable.minimalCompletionStage();
  }

  /** After everything else has ended: completes what is left. */
  void close() {
    Outcome left =
        journal.isPersistent()
            ? new Outcome(DeliveryStatus.KEPT, null)
            : new Outcome(DeliveryStatus.EVICTED, EvictionReason.CLOSED.name());
    List<String> names = dispatchers.stream().map(Dispatcher::name).toList();
    for (PendingReceipt receipt : pending) {
      receipt.close(names, left);
    }
  }
}
