package io.otlpevents.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RoundSleepersTests {

  private static final long LONG = Duration.ofMinutes(5).toNanos();

  private final RoundSleepers sleepers = new RoundSleepers();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void endThreads() throws InterruptedException {
    sleepers.close();
    threads.shutdown();
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void returnsAtOnceWhenTheRoundHasEnded() {
    sleepers.end(3);

    assertThat(sleepers.await(3, 0)).isTrue();
    assertThat(sleepers.await(2, 0)).isTrue();
  }

  @Test
  void givesUpWhenItsPatienceEnds() {
    assertThat(sleepers.await(1, 1)).isFalse();
  }

  @Test
  void wakesAllThatWaitForARoundAndNobodyElse() throws Exception {
    List<Future<Boolean>> first = sleeping(20, 1);
    List<Future<Boolean>> second = sleeping(20, 2);
    List<Future<Boolean>> third = sleeping(20, 3);

    sleepers.end(1);

    assertThat(results(first)).containsOnly(true);
    assertThat(second).noneMatch(Future::isDone);
    assertThat(third).noneMatch(Future::isDone);
    sleepers.end(2);
    assertThat(results(second)).containsOnly(true);
    assertThat(third).noneMatch(Future::isDone);
    sleepers.end(3);
    assertThat(results(third)).containsOnly(true);
  }

  @Test
  void wakesTheOthersWhenOneThatWasToDoSoHasGivenUp() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(sleepers.await(1, 1)).isFalse();
    }
    List<Future<Boolean>> patient = sleeping(20, 1);

    sleepers.end(1);

    assertThat(results(patient)).containsOnly(true);
  }

  @Test
  void staysInterruptedAndSleepsAllTheSame() throws Exception {
    Future<Boolean> interrupted =
        threads.submit(
            () -> {
              Thread.currentThread().interrupt();
              return sleepers.await(1, LONG) && Thread.interrupted();
            });
    List<Future<Boolean>> others = sleeping(5, 1);
    assertThat(interrupted.isDone()).isFalse();

    sleepers.end(1);

    assertThat(interrupted.get()).isTrue();
    assertThat(results(others)).containsOnly(true);
  }

  @Test
  void letsAllGoWhenThereAreNoMoreRounds() throws Exception {
    List<Future<Boolean>> sleeping = sleeping(10, 1);
    sleeping.addAll(sleeping(10, 2));

    sleepers.close();

    assertThat(results(sleeping)).containsOnly(false);
    assertThat(sleepers.await(1, LONG)).isFalse();
  }

  @Test
  void losesNobodyWhileRoundsEndAsTheyCome() throws Exception {
    int rounds = 20_000;
    AtomicLong begun = new AtomicLong();
    List<Future<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      all.add(
          threads.submit(
              () -> {
                long round;
                while ((round = begun.get() + 1) <= rounds) {
                  if (!sleepers.await(round, LONG)) {
                    return false;
                  }
                }
                return true;
              }));
    }
    for (long round = 1; round <= rounds; round++) {
      begun.set(round);
      sleepers.end(round);
    }

    assertThat(results(all)).containsOnly(true);
  }

  /** So many threads that have gone to sleep. */
  private List<Future<Boolean>> sleeping(int count, long round) {
    List<Future<Boolean>> results = new ArrayList<>();
    int before = sleepers.count();
    for (int i = 0; i < count; i++) {
      results.add(threads.submit(() -> sleepers.await(round, LONG)));
    }
    while (sleepers.count() < before + count) {
      Thread.onSpinWait();
    }
    return results;
  }

  private static List<Boolean> results(List<Future<Boolean>> futures) throws Exception {
    List<Boolean> results = new ArrayList<>();
    for (Future<Boolean> future : futures) {
      results.add(future.get());
    }
    return results;
  }
}
