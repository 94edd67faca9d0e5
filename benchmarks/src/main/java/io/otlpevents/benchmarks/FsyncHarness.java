package io.otlpevents.benchmarks;

import static io.otlpevents.benchmarks.MarkdownTable.count;
import static io.otlpevents.benchmarks.MarkdownTable.decimal;

import io.otlpevents.journal.FsyncPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What it costs to have each event on the device before {@code emit} returns. */
final class FsyncHarness {

  private static final String HELP =
      """
      --threads 1,8,64   how many threads emit
      --policies always,os
      --seconds 5        how long each
      """;

  private FsyncHarness() {}

  public static void main(String[] args) throws InterruptedException {
    Options options;
    try {
      options = Options.parse(args, "help", "threads", "policies", "seconds");
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(HELP);
      System.exit(2);
      return;
    }
    if (options.has("help")) {
      System.out.print(HELP);
      return;
    }
    int seconds = options.number("seconds", 5, 1, 60);
    System.out.println("## Writing to the device\n");
    System.out.println(Machine.describe("benchmarks/run-fsync.sh " + String.join(" ", args)));
    MarkdownTable table =
        new MarkdownTable("fsync", "threads", "events/s", "of one thread", "p50", "p99", "max");
    for (String policy : options.texts("policies", "always")) {
      double one = 0;
      for (int threads : options.numbers("threads", "1,8,64")) {
        Histogram times = new ConcurrentHistogram(2);
        double rate =
            emit(FsyncPolicy.valueOf(policy.toUpperCase(Locale.ROOT)), threads, seconds, times);
        one = one == 0 ? rate : one;
        table.row(
            policy,
            count(threads),
            count(rate),
            decimal(rate / one, 1) + " ×",
            micros(times, 50),
            micros(times, 99),
            count(times.getMaxValue() / 1000) + " µs");
      }
    }
    System.out.println(table);
  }

  private static String micros(Histogram times, double percentile) {
    return count(times.getValueAtPercentile(percentile) / 1000) + " µs";
  }

  private static double emit(FsyncPolicy policy, int threads, int seconds, Histogram times)
      throws InterruptedException {
    WorkFolder work = WorkFolder.create();
    AtomicLong emitted = new AtomicLong();
    double rate;
    try (EngineClient client =
        EngineClient.discarding(EngineClient.onDisk(work.file("journal"), policy))) {
      // Each device has its first writes, and so has the compiler.
      emit(client, threads, 1, emitted, new ConcurrentHistogram(2));
      emitted.set(0);
      long start = System.nanoTime();
      emit(client, threads, seconds, emitted, times);
      rate = emitted.get() * 1e9 / (System.nanoTime() - start);
    }
    work.remove();
    return rate;
  }

  private static void emit(
      EngineClient client, int threads, int seconds, AtomicLong emitted, Histogram times)
      throws InterruptedException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    CountDownLatch ended = new CountDownLatch(threads);
    List<Thread> emitters = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      emitters.add(
          new Thread(
              () -> {
                long number = 0;
                long before = System.nanoTime();
                while (before - end < 0) {
                  client.emit(number++);
                  long after = System.nanoTime();
                  times.recordValue(after - before);
                  before = after;
                }
                emitted.addAndGet(number);
                ended.countDown();
              }));
    }
    emitters.forEach(Thread::start);
    ended.await();
  }
}
