package io.otlpevents.benchmarks;

import java.time.Duration;

/** Takes events and tells how many of them the other side has confirmed. */
interface Client extends AutoCloseable {

  /** Emits {@link SampleEvent} with this number. */
  void emit(long number);

  /** Waits until everything is delivered; returns what the contestant itself says of that. */
  boolean flush(Duration timeout);

  /** How many events were in requests that the receiver has accepted. */
  long delivered();

  /** The contestant's own books, for people; empty if it keeps none. */
  String books();

  @Override
  void close();
}
