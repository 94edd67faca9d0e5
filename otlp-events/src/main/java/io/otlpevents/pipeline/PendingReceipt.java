package io.otlpevents.pipeline;

import io.otlpevents.DeliveryReport;
import io.otlpevents.DeliveryReport.Outcome;
import io.otlpevents.DeliveryStatus;
import io.otlpevents.Durability;
import io.otlpevents.EmitResult;
import io.otlpevents.EventReceipt;
import io.otlpevents.delivery.DeliveryWatcher;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.RefusalReason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows one event. Learns its place in the journal from the emitting thread before anybody can
 * read it there, and its fate from the dispatchers.
 */
final class PendingReceipt implements EventReceipt, DeliveryWatcher, LongConsumer {

  /** Not in the journal. */
  private static final long NOWHERE = -1;

  private final Receipts receipts;
  private final CompletableFuture<DeliveryReport> delivered = new CompletableFuture<>();
  private final CompletionStage<DeliveryReport> stage = delivered.minimalCompletionStage();
  private volatile EmitResult result = EmitResult.ENCODING_FAILED;
  private volatile long position = NOWHERE;

  // Guarded by this.
  private final Map<String, Outcome> outcomes = new HashMap<>();
  private boolean accepted;
  private boolean told;
  private @Nullable CompletionStage<Durability> durable;

  PendingReceipt(Receipts receipts) {
    this.receipts = receipts;
  }

  /** The record has a place and cannot be read yet. */
  @Override
  public void accept(long end) {
    position = end;
    receipts.watch(end, this);
  }

  /** What the emitter tells its caller. */
  EventReceipt emitted(EmitResult emitted) {
    result = emitted;
    if (!emitted.isAccepted()) {
      receipts.forget(position, this);
      return EventReceipt.notAccepted(emitted);
    }
    synchronized (this) {
      accepted = true;
    }
    tellIfComplete();
    return this;
  }

  long position() {
    return position;
  }

  @Override
  public EmitResult result() {
    return result;
  }

  @Override
  public synchronized CompletionStage<Durability> durable() {
    CompletionStage<Durability> stage = durable;
    if (stage == null) {
      stage = receipts.force(position, result);
      durable = stage;
    }
    return stage;
  }

  @Override
  public CompletionStage<DeliveryReport> delivered() {
    return stage;
  }

  @Override
  public void delivered(String destination) {
    ended(destination, new Outcome(DeliveryStatus.DELIVERED, null));
  }

  @Override
  public void refused(String destination, RefusalReason reason) {
    ended(destination, new Outcome(DeliveryStatus.REFUSED, reason.name()));
  }

  @Override
  public void uncertain(String destination) {
    ended(destination, new Outcome(DeliveryStatus.UNCERTAIN, null));
  }

  @Override
  public void evicted(String destination, @Nullable EvictionReason reason) {
    ended(destination, new Outcome(DeliveryStatus.EVICTED, reason == null ? null : reason.name()));
  }

  @Override
  public void filtered(String destination) {
    ended(destination, new Outcome(DeliveryStatus.FILTERED, null));
  }

  /** The engine has closed: what has no outcome yet gets this one. */
  void close(List<String> destinations, Outcome left) {
    synchronized (this) {
      destinations.forEach(destination -> outcomes.putIfAbsent(destination, left));
    }
    tellIfComplete();
  }

  private void ended(String destination, Outcome outcome) {
    synchronized (this) {
      outcomes.putIfAbsent(destination, outcome);
    }
    tellIfComplete();
  }

  private void tellIfComplete() {
    DeliveryReport report;
    synchronized (this) {
      if (told || !accepted || outcomes.size() < receipts.destinations()) {
        return;
      }
      told = true;
      report = new DeliveryReport(result, outcomes);
    }
    receipts.told(this, () -> delivered.complete(report));
  }
}
