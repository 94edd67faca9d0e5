package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.EmitResult;
import io.otlpevents.delivery.DeliverySettings;
import io.otlpevents.delivery.Destination;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.DestinationAccount;
import io.otlpevents.ledger.Ledger;
import io.otlpevents.ledger.RefusalReason;
import io.otlpevents.otlp.ScriptedReceiver.Answer;
import io.otlpevents.pipeline.EventPipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Receivers over gRPC and HTTP that misbehave at random while several threads emit: at the end
 * every event is accounted for, at both. Runs for {@code -DfaultMix.seconds}, 10 unless set; {@code
 * -Dseed} repeats a run's choices.
 */
class FaultMixIntegrationTests {

  private static final int THREADS = 3;

  private final long seed = Long.getLong("seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @Test
  void everyEventIsAccountedForWhateverTheReceiversDo() throws Exception {
    long seconds = Long.getLong("faultMix.seconds", 10);
    System.out.println("FaultMixIntegrationTests: -Dseed=" + seed + " for " + seconds + " s");
    AtomicLong numbers = new AtomicLong();
    BitSet accepted = new BitSet();
    try (GrpcReceiver grpc = new GrpcReceiver();
        HttpReceiver http = new HttpReceiver()) {
      BitSet takenByGrpc = collect(grpc);
      BitSet takenByHttp = collect(http);
      Destination grpcDestination = OtlpGrpcDestination.create(settings("grpc", grpc));
      Destination httpDestination = OtlpHttpDestination.create(settings("http", http));
      EventPipeline pipeline =
          EventPipeline.builder()
              .journal(
                  new JournalSettings(
                      2 << 20, 256 << 10, 64 << 10, OverflowPolicy.BLOCK, Duration.ofMillis(20)))
              .delivery(
                  DeliverySettings.balanced().toBuilder()
                      .maxBatchSize(32 << 10)
                      .maxDelay(Duration.ofMillis(5))
                      .backoff(Duration.ofMillis(2), Duration.ofMillis(50))
                      .bisectRefused(true)
                      .adaptive(true)
                      .build())
              .destination(grpcDestination)
              .destination(httpDestination)
              .build();
      long deadline = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        SplittableRandom choices = random.split();
        Thread thread = new Thread(() -> emit(pipeline, numbers, accepted, choices, deadline));
        thread.start();
        threads.add(thread);
      }
      while (System.nanoTime() < deadline) {
        trouble(grpc);
        trouble(http);
        if (random.nextInt(10) == 0) {
          pipeline.flush(Duration.ofMillis(random.nextInt(20)));
        }
        LockSupport.parkNanos(2_000_000);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      grpc.answers.clear();
      http.answers.clear();
      boolean complete = pipeline.flush(Duration.ofSeconds(60)).complete();
      Ledger.Snapshot ledger = pipeline.ledger().snapshot();
      pipeline.close(Duration.ofSeconds(5));

      String state = "seed " + seed + " " + ledger;
      System.out.println("FaultMixIntegrationTests: " + ledger);
      assertThat(complete).as(state).isTrue();
      assertThat(ledger.emitted()).as(state).isEqualTo(numbers.get());
      assertThat(ledger.appended()).as(state).isEqualTo(accepted.cardinality());
      assertThat(ledger.isBalanced()).as(state).isTrue();
      assertThat(ledger.pending()).as(state).isZero();
      assertAccounted(ledger.destinations().get("grpc"), takenByGrpc, accepted, state);
      assertAccounted(ledger.destinations().get("http"), takenByHttp, accepted, state);
    }
  }

  private static OtlpSettings settings(String name, ScriptedReceiver receiver) {
    return OtlpSettings.builder(receiver.endpoint())
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

  private static void emit(
      EventPipeline pipeline,
      AtomicLong numbers,
      BitSet accepted,
      SplittableRandom choices,
      long deadline) {
    while (System.nanoTime() < deadline) {
      long number = numbers.getAndIncrement();
      EmitResult result =
          pipeline
              .emitter()
              .event("fault.mix")
              .severity(Severity.values()[1 + choices.nextInt(24)])
              .attribute("n", number)
              .attribute("padding", "x".repeat(choices.nextInt(2000)))
              .emit();
      if (result.isAccepted()) {
        synchronized (accepted) {
          accepted.set((int) number);
        }
      }
      if (choices.nextInt(8) == 0) {
        LockSupport.parkNanos(choices.nextInt(2_000_000));
      }
    }
  }

  /** What a receiver took, together with what it is known to have refused, is what was accepted. */
  private static void assertAccounted(
      DestinationAccount.Snapshot account, BitSet taken, BitSet accepted, String state) {
    long refusedWhole =
        account.refusedTotal() - account.refused().get(RefusalReason.PARTIAL_SUCCESS);
    BitSet unknown = (BitSet) taken.clone();
    unknown.andNot(accepted);
    assertThat(unknown.cardinality()).as(state).isZero();
    BitSet missing = (BitSet) accepted.clone();
    missing.andNot(taken);
    assertThat((long) missing.cardinality()).as(state).isLessThanOrEqualTo(refusedWhole);
    assertThat(account.delivered())
        .as(state)
        .isEqualTo(accepted.cardinality() - account.refusedTotal());
  }

  /** Keeps the numbers of what a receiver takes and nothing else, so that a run may be long. */
  private static BitSet collect(ScriptedReceiver receiver) {
    BitSet taken = new BitSet();
    receiver.sink =
        received -> {
          synchronized (taken) {
            received.request().getResourceLogsList().stream()
                .flatMap(resource -> resource.getScopeLogsList().stream())
                .flatMap(scope -> scope.getLogRecordsList().stream())
                .forEach(record -> taken.set(number(record)));
          }
        };
    return taken;
  }

  private static int number(LogRecord record) {
    return record.getAttributesList().stream()
        .filter(attribute -> attribute.getKey().equals("n"))
        .mapToInt(attribute -> (int) attribute.getValue().getIntValue())
        .findFirst()
        .orElseThrow();
  }
}
