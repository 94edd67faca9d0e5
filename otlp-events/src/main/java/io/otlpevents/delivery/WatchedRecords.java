package io.otlpevents.delivery;

import io.otlpevents.ledger.EvictionReason;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The records ahead of one dispatcher that somebody wants to be told about, by the position where
 * they end. Any thread adds; the dispatching thread takes. Where nobody watches, asking costs the
 * read of a field that nobody writes.
 */
final class WatchedRecords {

  private final String destination;
  private final ConcurrentSkipListMap<Long, DeliveryWatcher> ahead = new ConcurrentSkipListMap<>();
  private final AtomicInteger count = new AtomicInteger();

  WatchedRecords(String destination) {
    this.destination = destination;
  }

  /** Before the record can be read. */
  void add(long position, DeliveryWatcher watcher) {
    count.incrementAndGet();
    ahead.put(position, watcher);
  }

  void remove(long position) {
    take(position);
  }

  boolean isEmpty() {
    return count.get() == 0;
  }

  /** Whoever watches the record that ends here; null for nobody. */
  @Nullable DeliveryWatcher take(long position) {
    DeliveryWatcher watcher = ahead.remove(position);
    if (watcher != null) {
      count.decrementAndGet();
    }
    return watcher;
  }

  void filtered(long position) {
    DeliveryWatcher watcher = take(position);
    if (watcher != null) {
      watcher.filtered(destination);
    }
  }

  /** Reading has come to here: what was neither sent nor filtered before it is lost. */
  void passed(long position, @Nullable EvictionReason reason) {
    Map.Entry<Long, DeliveryWatcher> first = ahead.firstEntry();
    while (first != null && first.getKey() <= position) {
      DeliveryWatcher watcher = take(first.getKey());
      if (watcher != null) {
        watcher.evicted(destination, reason);
      }
      first = ahead.firstEntry();
    }
  }
}
