package io.otlpevents;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Tells what becomes of one event after it was emitted, for callers that must know, such as those
 * of audit records. Obtained from {@link EventBuilder#emitForReceipt}.
 *
 * <pre>{@code
 * EventReceipt receipt = emitter.event("audit.login").emitForReceipt();
 * Durability safe = receipt.durable().toCompletableFuture().get(5, TimeUnit.SECONDS);
 * }</pre>
 *
 * <p>Stages complete on threads that the engine has for this purpose, few and shared: what is
 * attached to them may throw, and should not block for long, or other receipts are told late;
 * delivery itself does not wait. A stage that is complete already runs what is attached on the
 * caller's thread. Every stage completes at the latest when the engine has closed.
 *
 * <p>Receipts end with the process: after a restart, events that were left on disk are delivered,
 * but nobody is told.
 *
 * <p>Safe for use by any number of threads.
 */
public interface EventReceipt {

  /** What became of the event when it was emitted. */
  EmitResult result();

  /**
   * How safe the event is. On disk, the first call asks for the event to be forced to the device,
   * whatever the fsync policy is; events for which that is asked at about the same time share one
   * write (group commit).
   *
   * @return always the same stage. Fails with {@link TooManyReceiptsException} if too many are
   *     waited for, and with {@link UnsupportedOperationException} if the emitter cannot tell
   */
  CompletionStage<Durability> durable();

  /**
   * What became of the event at every destination, once the last of them has come to an end with
   * it; that may take as long as an outage does. Destinations answer for requests, so that events
   * that travel together have the same outcome.
   *
   * @return always the same stage. Fails with {@link TooManyReceiptsException} if too many were
   *     waited for when the event was emitted, and with {@link UnsupportedOperationException} if
   *     the emitter cannot tell
   */
  CompletionStage<DeliveryReport> delivered();

  /** The receipt of an event that was not accepted; it is complete. */
  static EventReceipt notAccepted(EmitResult result) {
    CompletionStage<Durability> durable = CompletableFuture.completedStage(Durability.NOT_ACCEPTED);
    CompletionStage<DeliveryReport> delivered =
        CompletableFuture.completedStage(new DeliveryReport(result, Map.of()));
    return new SettledReceipt(result, durable, delivered);
  }

  /** The receipt of an emitter that cannot tell what becomes of accepted events. */
  static EventReceipt untold(EmitResult result) {
    return result.isAccepted()
        ? failed(result, new UnsupportedOperationException("this emitter does not follow events"))
        : notAccepted(result);
  }

  /** A receipt that cannot be followed. */
  static EventReceipt failed(EmitResult result, Throwable why) {
    return new SettledReceipt(
        result, CompletableFuture.failedStage(why), CompletableFuture.failedStage(why));
  }
}
