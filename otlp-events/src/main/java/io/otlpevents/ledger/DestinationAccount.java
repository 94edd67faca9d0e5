package io.otlpevents.ledger;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what became of events at one destination. Safe for any number of threads. */
public final class DestinationAccount {

  private static final RefusalReason[] REFUSAL_REASONS = RefusalReason.values();
  private static final EvictionReason[] EVICTION_REASONS = EvictionReason.values();

  private final String destination;
  private final LongAdder recovered = new LongAdder();
  private final LongAdder delivered = new LongAdder();
  private final LongAdder[] refused = Ledger.adders(REFUSAL_REASONS.length);
  private final LongAdder[] evicted = Ledger.adders(EVICTION_REASONS.length);
  private final LongAdder filtered = new LongAdder();
  private final LongAdder retries = new LongAdder();

  DestinationAccount(String destination) {
    this.destination = destination;
  }

  /** Counts events that an earlier process left for this destination. */
  public void recovered(long count) {
    recovered.add(count);
  }

  /** Counts events the destination has acknowledged. */
  public void delivered(long count) {
    delivered.add(count);
  }

  /** Counts events the destination has refused for good. */
  public void refused(RefusalReason reason, long count) {
    refused[reason.ordinal()].add(count);
  }

  /** Counts events that left the journal undelivered. */
  public void evicted(EvictionReason reason, long count) {
    evicted[reason.ordinal()].add(count);
  }

  /** Counts events that this destination is not meant to get. */
  public void filtered(long count) {
    filtered.add(count);
  }

  /** Counts a request that will be sent again. */
  public void retried() {
    retries.increment();
  }

  Ends ends() {
    Map<RefusalReason, Long> refusals = new EnumMap<>(RefusalReason.class);
    for (RefusalReason reason : REFUSAL_REASONS) {
      refusals.put(reason, refused[reason.ordinal()].sum());
    }
    Map<EvictionReason, Long> evictions = new EnumMap<>(EvictionReason.class);
    for (EvictionReason reason : EVICTION_REASONS) {
      evictions.put(reason, evicted[reason.ordinal()].sum());
    }
    return new Ends(
        destination,
        recovered.sum(),
        delivered.sum(),
        refusals,
        evictions,
        filtered.sum(),
        retries.sum());
  }

  record Ends(
      String destination,
      long recovered,
      long delivered,
      Map<RefusalReason, Long> refused,
      Map<EvictionReason, Long> evicted,
      long filtered,
      long retries) {

    Snapshot toSnapshot(long appended) {
      long ended = delivered + sum(refused) + sum(evicted) + filtered;
      long pending = appended + recovered - ended;
      return new Snapshot(recovered, delivered, refused, evicted, filtered, pending, retries);
    }
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * The figures of one destination at one moment.
   *
   * @param recovered events that an earlier process left for it
   * @param delivered events the destination has acknowledged
   * @param refused events it refused for good, by reason; every reason is present
   * @param evicted events that left the journal undelivered, by reason; every reason is present
   * @param filtered events that this destination is not meant to get
   * @param pending events that still wait
   * @param retries requests that had to be sent again
   */
  public record Snapshot(
      long recovered,
      long delivered,
      Map<RefusalReason, Long> refused,
      Map<EvictionReason, Long> evicted,
      long filtered,
      long pending,
      long retries) {

    /** Copies the maps. */
    public Snapshot {
      refused = Map.copyOf(refused);
      evicted = Map.copyOf(evicted);
    }

    /** Events refused for good for any reason. */
    public long refusedTotal() {
      return sum(refused);
    }

    /** Events that left the journal undelivered for any reason. */
    public long evictedTotal() {
      return sum(evicted);
    }
  }
}
