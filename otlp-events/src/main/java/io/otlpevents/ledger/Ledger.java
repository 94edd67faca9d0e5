package io.otlpevents.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts each event's fate. Whenever nothing is under way these hold:
 *
 * <pre>
 * emitted              = appended + filtered + sampled out + rejected(reason)
 * appended + recovered = delivered + refused(reason) + evicted(reason) + filtered + pending
 * </pre>
 *
 * the second one for each destination, where filtered are those it is not meant to get. While
 * threads emit or deliver, a {@linkplain #snapshot() snapshot} may see an event between two of its
 * counts.
 *
 * <p>Safe for any number of threads; counting neither blocks nor allocates in the steady state.
 */
public final class Ledger {

  private static final RejectReason[] REJECT_REASONS = RejectReason.values();

  private final LongAdder emitted = new LongAdder();
  private final LongAdder appended = new LongAdder();
  private final LongAdder filtered = new LongAdder();
  private final LongAdder sampledOut = new LongAdder();
  private final LongAdder[] rejected = adders(REJECT_REASONS.length);

  // When each reason was met last, in milliseconds since 1970; 0 for never.
  private final AtomicLongArray lastRejected = new AtomicLongArray(REJECT_REASONS.length);
  private final List<DestinationAccount> destinations = new CopyOnWriteArrayList<>();

  /** Counts an event for which {@code emit} was called. */
  public void emitted() {
    emitted.increment();
  }

  /** Counts an event that is in the journal. */
  public void appended() {
    appended.increment();
  }

  /** Counts an event that was not admitted. */
  public void filtered() {
    filtered.increment();
  }

  /** Counts an event that sampling left out. */
  public void sampledOut() {
    sampledOut.increment();
  }

  /** Counts an event that was refused before the journal. */
  public void rejected(RejectReason reason) {
    rejected[reason.ordinal()].increment();
    long now = System.currentTimeMillis();
    // Rejections come in floods; seconds are enough for those who ask.
    if (Math.abs(now - lastRejected.getOpaque(reason.ordinal())) > 100) {
      lastRejected.setOpaque(reason.ordinal(), now);
    }
  }

  /** When an event was last rejected for this reason, to about 100 ms; null for never. */
  public @Nullable Instant lastRejected(RejectReason reason) {
    long millis = lastRejected.getOpaque(reason.ordinal());
    return millis == 0 ? null : Instant.ofEpochMilli(millis);
  }

  /** Opens the account of a destination. */
  public DestinationAccount open(String destination) {
    DestinationAccount account = new DestinationAccount(destination);
    destinations.add(account);
    return account;
  }

  /**
   * Counts everything that has not come to its end at a destination as having left the journal
   * undelivered. For a destination that will report nothing more.
   */
  public void evictPending(DestinationAccount account, EvictionReason reason) {
    long pending = pending(account);
    if (pending > 0) {
      account.evicted(reason, pending);
    }
  }

  /** How many events wait for their end at a destination. */
  public long pending(DestinationAccount account) {
    DestinationAccount.Ends ends = account.ends();
    return ends.toSnapshot(appended.sum()).pending();
  }

  /** All figures, read one after the other. */
  public Snapshot snapshot() {
    Map<RejectReason, Long> rejections = new EnumMap<>(RejectReason.class);
    for (RejectReason reason : REJECT_REASONS) {
      rejections.put(reason, rejected[reason.ordinal()].sum());
    }
    // Ends are read before beginnings, so that a pending count is never negative.
    Map<String, DestinationAccount.Snapshot> accounts = new LinkedHashMap<>();
    List<DestinationAccount.Ends> ends = new ArrayList<>();
    for (DestinationAccount account : destinations) {
      ends.add(account.ends());
    }
    long begun = appended.sum();
    for (DestinationAccount.Ends end : ends) {
      accounts.put(end.destination(), end.toSnapshot(begun));
    }
    return new Snapshot(
        emitted.sum(),
        appended.sum(),
        filtered.sum(),
        sampledOut.sum(),
        rejections,
        accounts.values().stream()
            .mapToLong(DestinationAccount.Snapshot::recovered)
            .max()
            .orElse(0),
        accounts);
  }

  static LongAdder[] adders(int count) {
    LongAdder[] adders = new LongAdder[count];
    for (int i = 0; i < count; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  /**
   * The figures at one moment.
   *
   * @param emitted calls of {@code emit}
   * @param appended events that reached the journal
   * @param filtered events that were not admitted
   * @param sampledOut events that sampling left out
   * @param rejected events refused before the journal, by reason; every reason is present
   * @param recovered events that earlier processes left in the journal; where destinations had come
   *     to different places, for the one that has most to do
   * @param destinations what became of them, by destination
   */
  public record Snapshot(
      long emitted,
      long appended,
      long filtered,
      long sampledOut,
      Map<RejectReason, Long> rejected,
      long recovered,
      Map<String, DestinationAccount.Snapshot> destinations) {

    /** Copies the maps. */
    public Snapshot {
      rejected = Map.copyOf(rejected);
      destinations = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(destinations));
    }

    /** Events refused before the journal for any reason. */
    public long rejectedTotal() {
      return rejected.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Events that wait for their end, over all destinations. */
    public long pending() {
      return destinations.values().stream().mapToLong(DestinationAccount.Snapshot::pending).sum();
    }

    /** Whether every emitted event is accounted for; true at every quiet moment. */
    public boolean isBalanced() {
      return emitted == appended + filtered + sampledOut + rejectedTotal()
          && destinations.values().stream().allMatch(account -> account.pending() >= 0);
    }
  }
}
