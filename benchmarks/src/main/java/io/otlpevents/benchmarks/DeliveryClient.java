package io.otlpevents.benchmarks;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The child process of {@link DeliveryHarness}: one contestant, one measurement. */
final class DeliveryClient {

  static final String MEASURING = "MEASURING ";

  private static final Duration FLUSH = Duration.ofSeconds(60);
  private static final int CANNED_REQUESTS = 16;
  private static final int IN_FLIGHT = 4;

  /** How many events a flooding thread emits between two looks at the clock. */
  private static final int STRIDE = 64;

  private final Options options;

  private DeliveryClient(Options options) {
    this.options = options;
  }

  public static void main(String[] args) throws Exception {
    ParentWatch.start();
    Options options =
        Options.parse(
            args,
            "contestant",
            "protocol",
            "endpoint",
            "rate",
            "warmup",
            "millis",
            "limit",
            "threads",
            "histogram");
    DeliveryClient client = new DeliveryClient(options);
    Contestant contestant = Contestant.of(options.text("contestant", "engine"));
    Protocol protocol = Protocol.of(options.text("protocol", "grpc"));
    URI endpoint = URI.create(options.text("endpoint", ""));
    Measurement measured =
        contestant == Contestant.CANNED
            ? client.measureCanned(protocol, endpoint)
            : client.measure(contestant, protocol, endpoint);
    System.out.println(measured.toLine());
    System.exit(0);
  }

  static Client open(
      Contestant contestant,
      Protocol protocol,
      URI endpoint,
      @Nullable AcknowledgedNumbers acknowledged) {
    return switch (contestant) {
      case ENGINE -> EngineClient.sendingTo(protocol, endpoint, acknowledged);
      case BLRP -> BatchProcessorClient.sendingTo(false, protocol, endpoint, acknowledged);
      case BLRP_TUNED -> BatchProcessorClient.sendingTo(true, protocol, endpoint, acknowledged);
      case NOTHING -> new NothingClient();
      case CANNED -> throw new IllegalArgumentException("canned requests are not emitted");
    };
  }

  private int rate() {
    return options.number("rate", 0, 0, 10_000_000);
  }

  private long warmupNanos() {
    return TimeUnit.MILLISECONDS.toNanos(options.number("warmup", 0, 0, 60_000));
  }

  private long nanos() {
    return TimeUnit.MILLISECONDS.toNanos(options.number("millis", 1_000, 1, 120_000));
  }

  private long limit() {
    return options.number("limit", Integer.MAX_VALUE, 1, Integer.MAX_VALUE);
  }

  private Measurement measure(Contestant contestant, Protocol protocol, URI endpoint)
      throws InterruptedException, ExecutionException {
    int threads = options.number("threads", 1, 1, 64);
    try (Client client = open(contestant, protocol, endpoint, null)) {
      if (warmupNanos() > 0) {
        emit(client, threads, 0, warmupNanos(), Long.MAX_VALUE);
        client.flush(FLUSH);
      }
      announce();

      long delivered = client.delivered();
      Map<String, Long> byThread = Meter.cpuNanosByThread();
      long allBytes = Meter.allBytes();
      long cpu = Meter.cpuNanos();
      long start = System.nanoTime();
      List<Emission> emissions = emit(client, threads, rate(), nanos(), limit());
      long emitNanos = System.nanoTime() - start;
      boolean flushed = client.flush(FLUSH);
      long totalNanos = System.nanoTime() - start;
      cpu = Meter.cpuNanos() - cpu;
      allBytes = Meter.allBytes() - allBytes;
      Map<String, Long> used = used(byThread);
      delivered = client.delivered() - delivered;

      long emitted = 0;
      long callerBytes = 0;
      Histogram times = new Histogram(3);
      for (Emission emission : emissions) {
        emitted += emission.emitted;
        callerBytes += emission.bytes;
        // This thread is gone by now, as it is where all bytes are added up below.
        used.merge("emitting", emission.cpuNanos, Long::sum);
        if (emission.times != null) {
          times.add(emission.times);
        }
      }
      return new Measurement(
          emitted,
          delivered,
          emitNanos,
          totalNanos,
          threads,
          cpu,
          callerBytes,
          allBytes + callerBytes,
          times.getValueAtPercentile(50),
          times.getValueAtPercentile(99),
          times.getValueAtPercentile(99.9),
          times.getMaxValue(),
          used,
          flushed);
    }
  }

  /** Lets the harness read the Collector's processor time, too. */
  private static void announce() {
    System.gc();
    System.out.println(MEASURING + "now");
  }

  private static Map<String, Long> used(Map<String, Long> before) {
    Map<String, Long> used = new TreeMap<>();
    Meter.cpuNanosByThread()
        .forEach(
            (name, nanos) -> {
              long more = nanos - before.getOrDefault(name, 0L);
              if (more > 0) {
                used.put(name, more);
              }
            });
    return used;
  }

  private List<Emission> emit(Client client, int threads, int rate, long nanos, long limit)
      throws InterruptedException, ExecutionException {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Emission> emissions = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        emissions.add(
            new Emission(
                client,
                i,
                threads,
                (double) rate / threads,
                nanos,
                limit / threads,
                options.has("histogram")));
      }
      List<Callable<@Nullable Void>> inSpan = new ArrayList<>();
      for (Emission emission : emissions) {
        inSpan.add(SampleEvent.spanContext().wrap(emission));
      }
      for (Future<?> emission : executor.invokeAll(inSpan)) {
        emission.get();
      }
      return emissions;
    } finally {
      executor.shutdown();
      executor.awaitTermination(1, TimeUnit.MINUTES);
    }
  }

  private Measurement measureCanned(Protocol protocol, URI endpoint) {
    List<CannedRequest> requests = CannedRequest.make(CANNED_REQUESTS);
    try (CannedSender sender = new CannedSender(protocol, endpoint, IN_FLIGHT)) {
      send(sender, requests, warmupNanos(), Long.MAX_VALUE);
      sender.flush();
      announce();

      long sent = sender.sent();
      long delivered = sender.delivered();
      Map<String, Long> byThread = Meter.cpuNanosByThread();
      long bytes = Meter.allBytes();
      long callerBytes = Meter.callerBytes();
      long cpu = Meter.cpuNanos();
      long start = System.nanoTime();
      send(sender, requests, nanos(), limit());
      long emitNanos = System.nanoTime() - start;
      sender.flush();
      return new Measurement(
          sender.sent() - sent,
          sender.delivered() - delivered,
          emitNanos,
          System.nanoTime() - start,
          1,
          Meter.cpuNanos() - cpu,
          Meter.callerBytes() - callerBytes,
          Meter.allBytes() - bytes,
          0,
          0,
          0,
          0,
          used(byThread),
          true);
    }
  }

  private static void send(
      CannedSender sender, List<CannedRequest> requests, long nanos, long limit) {
    long start = System.nanoTime();
    long before = sender.sent();
    for (int i = 0; System.nanoTime() - start < nanos && sender.sent() - before < limit; i++) {
      sender.send(requests.get(i % requests.size()));
    }
  }

  /** Emits on a thread of its own. */
  private static final class Emission implements Callable<@Nullable Void> {

    private final Client client;
    private final int offset;
    private final int step;
    private final double rate;
    private final long nanos;
    private final long limit;
    private final @Nullable Histogram times;
    private long emitted;
    private long bytes;
    private long cpuNanos;

    Emission(
        Client client,
        int offset,
        int step,
        double rate,
        long nanos,
        long limit,
        boolean histogram) {
      this.client = client;
      this.offset = offset;
      this.step = step;
      this.rate = rate;
      this.nanos = nanos;
      this.limit = limit;
      this.times = histogram ? new Histogram(TimeUnit.MINUTES.toNanos(1), 3) : null;
    }

    @Override
    public @Nullable Void call() {
      long before = Meter.callerBytes();
      long cpuBefore = Meter.callerCpuNanos();
      if (times != null) {
        emitTimed(times);
      } else if (rate > 0) {
        emitPaced();
      } else {
        flood();
      }
      cpuNanos = Meter.callerCpuNanos() - cpuBefore;
      bytes = Meter.callerBytes() - before;
      return null;
    }

    private void flood() {
      long end = System.nanoTime() + nanos;
      long number = offset;
      long count = 0;
      while (count < limit && System.nanoTime() - end < 0) {
        for (int i = 0; i < STRIDE && count < limit; i++, count++) {
          client.emit(number);
          number += step;
        }
      }
      emitted = count;
    }

    private void emitPaced() {
      Pace pace = new Pace(rate);
      long planned = planned();
      for (long count = 0; count < planned; count++) {
        pace.await(count);
        client.emit(offset + count * step);
      }
      emitted = planned;
    }

    private void emitTimed(Histogram histogram) {
      Pace pace = new Pace(rate);
      long end = System.nanoTime() + nanos;
      long planned = rate > 0 ? planned() : limit;
      long count = 0;
      while (count < planned && (rate > 0 || System.nanoTime() - end < 0)) {
        pace.await(count);
        long before = System.nanoTime();
        client.emit(offset + count * step);
        histogram.recordValue(Math.min(System.nanoTime() - before, 60_000_000_000L));
        count++;
      }
      emitted = count;
    }

    private long planned() {
      return Math.min(limit, (long) (rate * nanos / 1e9));
    }
  }
}
