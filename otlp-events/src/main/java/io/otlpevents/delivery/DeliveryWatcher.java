package io.otlpevents.delivery;

import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.RefusalReason;
import org.jspecify.annotations.Nullable;

/**
 * Is told what became of one record at a destination, once for each. Called by the dispatching
 * thread, which waits: implementations neither block nor throw.
 */
public interface DeliveryWatcher {

  /** The receiver acknowledged the request that held the record. */
  void delivered(String destination);

  /** The receiver refused the request that held the record. */
  void refused(String destination, RefusalReason reason);

  /** The receiver rejected some records of the request and did not say which. */
  void uncertain(String destination);

  /** The record left the journal without being sent; null if one of several reasons holds. */
  void evicted(String destination, @Nullable EvictionReason reason);

  /** The destination does not get the record. */
  void filtered(String destination);
}
