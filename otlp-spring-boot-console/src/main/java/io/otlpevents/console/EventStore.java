package io.otlpevents.console;

import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps the newest events within a number and a size; evicts the oldest and counts them. */
final class EventStore {

  /** What the objects around the encoded bytes of one event take, roughly. */
  private static final long BYTES_PER_EVENT = 200;

  private final int maxEvents;
  private final long maxBytes;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  // All guarded by lock.
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long bytes;
  private long received;
  private long receivedBeforeClear;
  private long evicted;
  private long requests;

  EventStore(int maxEvents, long maxBytes) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
  }

  /** Adds a request as a whole and returns its events, even those that did not fit. */
  List<ReceivedEvent> add(
      ExportLogsServiceRequest request, Transport transport, Instant receivedAt) {
    List<ReceivedEvent> added = new ArrayList<>();
    lock.lock();
    try {
      requests++;
      for (ResourceLogs resourceLogs : request.getResourceLogsList()) {
        long resourceShare = share(resourceLogs.getResource().getSerializedSize(), resourceLogs);
        for (ScopeLogs scopeLogs : resourceLogs.getScopeLogsList()) {
          long scopeShare =
              scopeLogs.getScope().getSerializedSize()
                  / Math.max(1, scopeLogs.getLogRecordsCount());
          for (LogRecord logRecord : scopeLogs.getLogRecordsList()) {
            received++;
            ReceivedEvent event =
                new ReceivedEvent(
                    received,
                    receivedAt,
                    transport,
                    resourceLogs.getResource(),
                    resourceLogs.getSchemaUrl(),
                    scopeLogs.getScope(),
                    scopeLogs.getSchemaUrl(),
                    logRecord);
            keep(
                new Entry(
                    event,
                    BYTES_PER_EVENT + resourceShare + scopeShare + logRecord.getSerializedSize()));
            added.add(event);
          }
        }
      }
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
    return added;
  }

  List<ReceivedEvent> events() {
    return eventsAfter(0);
  }

  /** The stored events with a higher sequence, oldest first, as an immutable list. */
  List<ReceivedEvent> eventsAfter(long sequence) {
    List<ReceivedEvent> newestFirst = new ArrayList<>();
    lock.lock();
    try {
      Iterator<Entry> newest = entries.descendingIterator();
      while (newest.hasNext()) {
        ReceivedEvent event = newest.next().event();
        if (event.sequence() <= sequence) {
          break;
        }
        newestFirst.add(event);
      }
    } finally {
      lock.unlock();
    }
    Collections.reverse(newestFirst);
    return List.copyOf(newestFirst);
  }

  ReceiverStats stats() {
    lock.lock();
    try {
      return new ReceiverStats(received, entries.size(), evicted, requests);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the events, not the counts. */
  void clear() {
    lock.lock();
    try {
      entries.clear();
      bytes = 0;
      receivedBeforeClear = received;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until so many events have arrived since the last {@link #clear()}; counts arrivals rather
   * than what is stored, so that eviction cannot make a wait endless.
   *
   * @return how many have arrived, fewer than asked for when the time was up
   */
  long awaitArrivals(long count, long timeoutNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = timeoutNanos;
      while (received - receivedBeforeClear < count && nanos > 0) {
        nanos = arrived.awaitNanos(nanos);
      }
      return received - receivedBeforeClear;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until an event with a higher sequence has arrived; false when the time is up. */
  boolean awaitSequenceAfter(long sequence, long timeoutNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long nanos = timeoutNanos;
      while (received <= sequence) {
        if (nanos <= 0) {
          return false;
        }
        nanos = arrived.awaitNanos(nanos);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock held. An event larger than the whole store evicts itself as well. */
  private void keep(Entry entry) {
    entries.addLast(entry);
    bytes += entry.bytes();
    while (entries.size() > maxEvents || bytes > maxBytes) {
      bytes -= entries.removeFirst().bytes();
      evicted++;
    }
  }

  /** A resource is shared by the events of its group, so each is charged its part. */
  private static long share(int resourceBytes, ResourceLogs resourceLogs) {
    long events = 0;
    for (ScopeLogs scopeLogs : resourceLogs.getScopeLogsList()) {
      events += scopeLogs.getLogRecordsCount();
    }
    return resourceBytes / Math.max(1, events);
  }

  private record Entry(ReceivedEvent event, long bytes) {}
}
