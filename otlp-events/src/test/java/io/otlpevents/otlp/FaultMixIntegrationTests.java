package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.EvictionReason;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.otlp.ScriptedReceiver.Answer;
import io.otlpevents.pipeline.EventPipeline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/**
 * Several threads emit, some of it hostile, while receivers over gRPC and HTTP, the network in
 * front of them, filters, enrichers, a destination and the clock misbehave at random: at the end
 * every event is accounted for, at both receivers. Runs for {@code -DfaultMix.seconds}, 10 unless
 * set; {@code -Dseed} repeats a run's choices.
 *
 * <p>The network is down when the pipeline starts, goes down for a while, resets connections in the
 * middle of requests and is slow. Receivers say anything that OTLP knows, or nothing. The clock
 * jumps by up to a day. At last the pipeline closes while nobody listens.
 */
class FaultMixIntegrationTests {

  private static final int THREADS = 3;
  private static final int VIRTUAL_THREADS = 10_000;
  private static final int MAX_EVENT = 64 << 10;
  private static final long DAY_NANOS = TimeUnit.DAYS.toNanos(1);

  private static final String ODD = "a\r\nERROR forged \u0000 \u001b[31m \ud83d\ude00 \ud800 end";
  static final String ODD_ON_WIRE = ODD.replace('\ud800', '?').replace("?\ude00", "\ud83d\ude00");

  /** Held on to, so that its level stays: the server tells about every connection that was cut. */
  private static final Logger GRPC_SERVER = Logger.getLogger("io.grpc.netty.shaded");

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final AtomicLong numbers = new AtomicLong();
  private final BitSet accepted = new BitSet();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicLong clockOffset = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void everyEventIsAccountedForWhateverHappens() throws Exception {
    long seconds = Long.getLong("faultMix.seconds", 10);
    GRPC_SERVER.setLevel(Level.OFF);
    System.out.println("FaultMixIntegrationTests: -Dseed=" + seed + " for " + seconds + " s");
    try (GrpcReceiver grpc = new GrpcReceiver();
        HttpReceiver http = new HttpReceiver();
        UnreliableProxy toGrpc = new UnreliableProxy(grpc.endpoint());
        UnreliableProxy toHttp = new UnreliableProxy(http.endpoint())) {
      Taken takenByGrpc = new Taken();
      Taken takenByHttp = new Taken();
      grpc.sink = takenByGrpc::add;
      http.sink = takenByHttp::add;
      toGrpc.down();
      toHttp.down();
      EventPipeline pipeline =
          start(
              OtlpGrpcDestination.create(settings("grpc", toGrpc)),
              OtlpHttpDestination.create(settings("http", toHttp)));
      long deadline = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      CountDownLatch virtual = emitOnVirtualThreads(pipeline);
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        SplittableRandom choices = random.split();
        Thread thread =
            new Thread(
                () -> {
                  while (System.nanoTime() < deadline) {
                    emit(pipeline, choices);
                  }
                });
        thread.start();
        threads.add(thread);
      }
      while (System.nanoTime() < deadline) {
        trouble(grpc);
        trouble(http);
        trouble(toGrpc);
        trouble(toHttp);
        if (random.nextInt(20) == 0) {
          clockOffset.set(random.nextLong(-DAY_NANOS, DAY_NANOS));
        }
        if (random.nextInt(10) == 0) {
          pipeline.flush(Duration.ofMillis(random.nextInt(20)));
        }
        LockSupport.parkNanos(2_000_000);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(virtual.await(60, TimeUnit.SECONDS)).isTrue();
      recover(grpc, toGrpc);
      recover(http, toHttp);
      boolean complete = pipeline.flush(Duration.ofSeconds(60)).complete();
      Ledger.Snapshot ledger = pipeline.ledger().snapshot();

      String state = "seed " + seed + " " + ledger;
      System.out.println("FaultMixIntegrationTests: " + ledger);
      System.out.printf(
          "FaultMixIntegrationTests: duplicates grpc %d, http %d%n",
          takenByGrpc.duplicates(), takenByHttp.duplicates());
      assertThat(wrong).as(state).isEmpty();
      assertThat(complete).as(state).isTrue();
      assertThat(ledger.emitted()).as(state).isEqualTo(numbers.get());
      assertThat(ledger.appended()).as(state).isEqualTo(accepted.cardinality());
      assertThat(ledger.isBalanced()).as(state).isTrue();
      assertThat(ledger.pending()).as(state).isZero();
      assertAccounted(ledger.destinations().get("grpc"), takenByGrpc, state);
      assertAccounted(ledger.destinations().get("http"), takenByHttp, state);
      closeWhileNobodyListens(pipeline, ledger, toGrpc, toHttp);
    }
  }

  private EventPipeline start(Destination grpc, Destination http) {
    return EventPipeline.builder()
        .journal(
            new JournalSettings(
                2 << 20, 256 << 10, MAX_EVENT, OverflowPolicy.BLOCK, Duration.ofMillis(20)))
        .delivery(
            DeliverySettings.balanced().toBuilder()
                .maxBatchSize(32 << 10)
                .maxDelay(Duration.ofMillis(5))
                .backoff(Duration.ofMillis(2), Duration.ofMillis(50))
                .bisectRefused(true)
                .adaptive(true)
                .build())
        .clock(() -> System.currentTimeMillis() * 1_000_000 + clockOffset.get())
        .filter(
            event -> {
              failAtTimes();
              return true;
            })
        .enricher(
            (event, attributes) -> {
              attributes.put("tenant", "t");
              failAtTimes();
            })
        .destination(grpc)
        .destination(new Throwing(http))
        .build();
  }

  private void failAtTimes() {
    switch (asked.incrementAndGet() % 50) {
      case 7 -> throw new IllegalStateException("as told");
      case 19 -> throw new StackOverflowError("as told");
      case 31 -> throw new AssertionError("as told");
      default -> {}
    }
  }

  private static OtlpSettings settings(String name, UnreliableProxy proxy) {
    return OtlpSettings.builder(proxy.endpoint())
        .name(name)
        .timeout(Duration.ofMillis(300))
        .build();
  }

  private void trouble(ScriptedReceiver receiver) {
    if (receiver.answers.size() < 3 && random.nextInt(3) == 0) {
      Answer[] answers = Answer.values();
      Answer answer = answers[random.nextInt(answers.length)];
      // To wait for a time-out is slow, so it is chosen less often.
      if (answer != Answer.NEVER || random.nextInt(10) == 0) {
        receiver.answers.add(answer);
      }
    }
  }

  private void trouble(UnreliableProxy proxy) throws IOException {
    if (proxy.isDown()) {
      if (random.nextInt(100) == 0) {
        proxy.up();
      }
      return;
    }
    switch (random.nextInt(400)) {
      case 0 -> proxy.down();
      case 1, 2, 3, 4, 5, 6, 7, 8 -> proxy.reset();
      case 9 -> proxy.slow(random.nextInt(20_000_000));
      case 10, 11, 12, 13 -> proxy.slow(0);
      default -> {}
    }
  }

  private static void recover(ScriptedReceiver receiver, UnreliableProxy proxy) throws IOException {
    receiver.answers.clear();
    proxy.slow(0);
    proxy.up();
  }

  private void emit(EventPipeline pipeline, SplittableRandom choices) {
    long number = numbers.getAndIncrement();
    EventBuilder event =
        pipeline
            .emitter()
            .event("fault.mix")
            .severity(Severity.values()[1 + choices.nextInt(24)])
            .attribute("n", number)
            .attribute("padding", "x".repeat(choices.nextInt(2000)));
    EmitResult sure = null;
    boolean interrupt = false;
    switch (choices.nextInt(40)) {
      case 0 -> {
        event.attribute("giant", "x".repeat(MAX_EVENT));
        sure = EmitResult.TOO_LARGE;
      }
      case 1 -> {
        Map<String, Object> cycle = new HashMap<>();
        cycle.put("self", cycle);
        event.payload(cycle);
        sure = EmitResult.ENCODING_FAILED;
      }
      case 2 -> {
        event.payload(new Stubborn());
        sure = EmitResult.ENCODING_FAILED;
      }
      case 3, 4, 5 -> event.payload(new Order("o-" + number, List.of("a", "b"), ODD));
      case 6, 7, 8 -> event.attribute("odd", ODD);
      case 9 -> interrupt = true;
      default -> {}
    }
    if (interrupt) {
      Thread.currentThread().interrupt();
    }
    EmitResult result = event.emit();
    if (interrupt && !Thread.interrupted()) {
      wrong.add("the interrupt was lost");
    }
    if (sure != null ? result != sure : !result.isAccepted() && result != EmitResult.JOURNAL_FULL) {
      wrong.add("event " + number + " was " + result);
    }
    if (result.isAccepted()) {
      synchronized (accepted) {
        accepted.set((int) number);
      }
    }
    if (choices.nextInt(8) == 0) {
      LockSupport.parkNanos(choices.nextInt(2_000_000));
    }
  }

  /** Where there are virtual threads, that is from Java 21 on. */
  private CountDownLatch emitOnVirtualThreads(EventPipeline pipeline) throws Exception {
    if (Runtime.version().feature() < 21) {
      return new CountDownLatch(0);
    }
    CountDownLatch left = new CountDownLatch(VIRTUAL_THREADS);
    for (int i = 0; i < VIRTUAL_THREADS; i++) {
      SplittableRandom choices = random.split();
      Runnable task =
          () -> {
            emit(pipeline, choices);
            left.countDown();
          };
      Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    }
    return left;
  }

  /** What a receiver took, together with what it is known to have refused, is what was accepted. */
  private void assertAccounted(DestinationAccount.Snapshot account, Taken taken, String state) {
    long refusedWhole =
        account.refusedTotal() - account.refused().get(RefusalReason.PARTIAL_SUCCESS);
    BitSet unknown = taken.numbers();
    unknown.andNot(accepted);
    assertThat(unknown.cardinality()).as(state).isZero();
    BitSet missing = (BitSet) accepted.clone();
    missing.andNot(taken.numbers());
    assertThat((long) missing.cardinality()).as(state).isLessThanOrEqualTo(refusedWhole);
    assertThat(account.delivered())
        .as(state)
        .isEqualTo(accepted.cardinality() - account.refusedTotal());
    assertThat(taken.otherUids()).as(state).isZero();
    assertThat(taken.altered()).as(state).isZero();
  }

  private static void closeWhileNobodyListens(
      EventPipeline pipeline, Ledger.Snapshot before, UnreliableProxy... proxies)
      throws IOException {
    for (UnreliableProxy proxy : proxies) {
      proxy.down();
    }
    int late = 0;
    for (int i = 0; i < 100; i++) {
      if (pipeline.emitter().event("late").emit().isAccepted()) {
        late++;
      }
    }
    pipeline.close(Duration.ofMillis(200));
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    assertThat(late).isPositive();
    assertThat(ledger.isBalanced()).as(ledger.toString()).isTrue();
    assertThat(ledger.pending()).as(ledger.toString()).isZero();
    assertThat(ledger.appended() - before.appended()).isEqualTo(late);
    for (DestinationAccount.Snapshot account : ledger.destinations().values()) {
      assertThat(account.evicted()).containsEntry(EvictionReason.CLOSED, (long) late);
    }
  }

  /** A payload as applications have it. */
  public record Order(String id, List<String> lines, String note) {}

  /** A payload that does not want to be read. */
  public static final class Stubborn {

    public String getSecret() {
      throw new IllegalStateException("as told");
    }
  }

  /** Fails at times, before or after it has handed the batch on. */
  private static final class Throwing implements Destination {

    private final Destination destination;
    private int sent;

    Throwing(Destination destination) {
      this.destination = destination;
    }

    @Override
    public String name() {
      return destination.name();
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      sent++;
      if (sent % 97 == 0) {
        throw new IllegalStateException("as told");
      }
      destination.send(batch, done);
      if (sent % 101 == 0) {
        throw new AssertionError("as told");
      }
    }

    @Override
    public boolean releasesBatches() {
      return destination.releasesBatches();
    }

    @Override
    public void close() {
      destination.close();
    }
  }
}
