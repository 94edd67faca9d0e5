package io.otlpevents.delivery;

import java.util.function.Consumer;

/**
 * A place where batches of events go. Implementations need not retry, nor bound how many batches
 * are under way: the dispatcher does both.
 */
public interface Destination extends AutoCloseable {

  /** A short name by which people know it, unique within an engine. */
  String name();

  /**
   * Starts to send a batch and returns without waiting for the result. Called by one thread.
   *
   * <p>Whatever this method throws counts as a failure that is worth another try.
   *
   * @param batch the events; see {@link #releasesBatches()} for how long it is valid
   * @param done to be called once with the outcome, on any thread; later calls are ignored
   */
  void send(EventBatch batch, Consumer<DeliveryOutcome> done);

  /**
   * Whether a batch is not looked at any more once its outcome has been reported, so that its
   * memory can be used for the next one. False unless overridden: then a batch stays valid as long
   * as it is referred to.
   */
  default boolean releasesBatches() {
    return false;
  }

  /**
   * Gives up what is under way and frees resources. Called after the last {@code send}; closing
   * again has no effect.
   */
  @Override
  void close();
}
