package io.otlpevents.otlp;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for a sender. Unbounded, since the dispatcher bounds the requests under way. */
final class SenderThreads {

  private SenderThreads() {}

  static ExecutorService create(String destination) {
    AtomicInteger number = new AtomicInteger();
    return Executors.newCachedThreadPool(
        task -> {
          Thread thread =
              new Thread(task, "otlp-events-" + destination + "-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
