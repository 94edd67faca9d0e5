package io.otlpevents.benchmarks;

import java.time.Duration;

/** Does nothing, and says it did: shows what the harness itself costs. */
final class NothingClient implements Client {

  private long delivered;

  @Override
  public void emit(long number) {
    delivered++;
  }

  @Override
  public boolean flush(Duration timeout) {
    return true;
  }

  @Override
  public long delivered() {
    return delivered;
  }

  @Override
  public String books() {
    return "";
  }

  @Override
  public void close() {}
}
