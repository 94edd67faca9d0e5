package io.otlpevents.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchTuningTests {

  private static final long QUICK = Duration.ofMillis(5).toNanos();
  private static final long SLOW = Duration.ofSeconds(2).toNanos();

  private final DeliverySettings settings = DeliverySettings.balanced();
  private final BatchTuning tuning = new BatchTuning(settings.toBuilder().adaptive(true).build());

  @Test
  void staysAtTheLimitsUnlessAdaptive() {
    BatchTuning fixed = new BatchTuning(settings);
    for (int i = 0; i < 50; i++) {
      fixed.answered(SLOW, 10, false);
    }
    assertThat(fixed.batchSize()).isEqualTo(settings.maxBatchSize());
    assertThat(fixed.delayNanos()).isEqualTo(settings.maxDelay().toNanos());
  }

  @Test
  void growsWhileFullRequestsAreAnsweredQuicklyAndStopsAtTheLimit() {
    int before = tuning.batchSize();
    tuning.answered(QUICK, before, true);
    assertThat(tuning.batchSize()).isGreaterThan(before);
    for (int i = 0; i < 100; i++) {
      tuning.answered(QUICK, tuning.batchSize(), true);
    }
    assertThat(tuning.batchSize()).isEqualTo(settings.maxBatchSize());
    assertThat(tuning.delayNanos()).isEqualTo(settings.maxDelay().toNanos());
  }

  @Test
  void shrinksWhenAnswersAreSlowOrFailButNotWithoutEnd() {
    int before = tuning.batchSize();
    tuning.answered(SLOW, before, true);
    int slow = tuning.batchSize();
    assertThat(slow).isLessThan(before);
    tuning.answered(QUICK, slow, false);
    assertThat(tuning.batchSize()).isLessThan(slow);
    for (int i = 0; i < 100; i++) {
      tuning.answered(SLOW, tuning.batchSize(), false);
    }
    assertThat(tuning.batchSize()).isEqualTo(64 * 1024);
  }

  @Test
  void waitsLessWhileRequestsStaySmallAndMoreWhenTheyAreFull() {
    for (int i = 0; i < 100; i++) {
      tuning.answered(QUICK, 100, true);
    }
    long least = settings.maxDelay().toNanos() / 10;
    assertThat(tuning.delayNanos()).isEqualTo(least);
    tuning.answered(QUICK, tuning.batchSize(), true);
    assertThat(tuning.delayNanos()).isEqualTo(2 * least);
  }

  @Test
  void presetsDifferInTheDirectionTheirNamesSay() {
    assertThat(DeliverySettings.lowLatency().maxDelay()).isLessThan(settings.maxDelay());
    assertThat(DeliverySettings.highThroughput().maxBatchSize())
        .isGreaterThan(settings.maxBatchSize());
    assertThat(DeliverySettings.defaults()).isEqualTo(DeliverySettings.balanced());
  }
}
