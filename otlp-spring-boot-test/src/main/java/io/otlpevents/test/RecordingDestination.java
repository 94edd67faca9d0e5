package io.otlpevents.test;

import com.google.protobuf.InvalidProtocolBufferException;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.ledger.RefusalReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Takes the bytes that would leave the application, decodes them and keeps the events in their
 * order. Safe for any number of threads.
 */
final class RecordingDestination implements Destination {

  /** Events are handed over at once, so that whoever waits for one need not wait for a batch. */
  static final DeliverySettings DELIVERY =
      DeliverySettings.defaults().toBuilder().maxDelay(Duration.ofMillis(1)).build();

  private final List<EmittedEvent> events = new ArrayList<>();
  private final AtomicInteger windows = new AtomicInteger();

  @Override
  public String name() {
    return "test";
  }

  @Override
  public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
    List<EmittedEvent> decoded;
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(batch.contentLength());
      batch.writeTo(bytes);
      decoded = RequestDecoder.decode(bytes.toByteArray());
    } catch (InvalidProtocolBufferException e) {
      done.accept(new DeliveryOutcome.Refused(RefusalReason.OTHER, e.toString()));
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    synchronized (events) {
      events.addAll(decoded);
      events.notifyAll();
    }
    done.accept(new DeliveryOutcome.Delivered());
  }

  /**
   * Where the next event goes. What is kept of earlier tests is let go of if nobody else looks on.
   */
  int position() {
    synchronized (events) {
      if (windows.get() <= 1) {
        events.clear();
      }
      return events.size();
    }
  }

  /** The events from this position on. */
  List<EmittedEvent> from(int position) {
    synchronized (events) {
      return List.copyOf(events.subList(position, events.size()));
    }
  }

  /**
   * Waits until there are more events than this, or until the time is up.
   *
   * @param deadline as of {@link System#nanoTime()}
   * @return whether there are
   */
  boolean awaitMoreThan(int count, long deadline) throws InterruptedException {
    synchronized (events) {
      while (events.size() <= count) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        events.wait(left / 1_000_000, (int) (left % 1_000_000));
      }
      return true;
    }
  }

  void openWindow() {
    windows.incrementAndGet();
  }

  void closeWindow() {
    windows.decrementAndGet();
  }

  /** Whether several tests look on, so that events have to be told apart. */
  boolean isShared() {
    return windows.get() > 1;
  }

  @Override
  public void close() {}
}
