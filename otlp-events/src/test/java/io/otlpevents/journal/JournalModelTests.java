package io.otlpevents.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random sequences of everything that happens to a journal, against a model of what must be read.
 * {@code -Djournal.seed=} repeats one, {@code -Djournal.seeds=} runs as many, from {@code
 * -Djournal.first=} on.
 */
class JournalModelTests {

  /**
   * What was on its way when its segment was given up was not counted after the process had died:
   * what had been given up beside it was taken off twice (500472, 500284, 500691, 502537), or the
   * place to keep was one without a cursor of its own (704280, 703492, 1009382). In the others it
   * was the model that asked for too much of a process without a file for cursors.
   */
  @ParameterizedTest
  @ValueSource(
      longs = {500472, 500284, 500691, 502537, 704280, 703492, 1009382, 504402, 705809, 700614})
  void whatWasOnItsWayWhenItWasGivenUpIsCounted(long seed) {
    run(seed);
  }

  @Test
  void noRecordIsAlteredOrLostWithoutBeingCounted() {
    Long only = Long.getLong("journal.seed");
    if (only != null) {
      run(only);
      return;
    }
    int seeds = Integer.getInteger("journal.seeds", 600);
    long first = Long.getLong("journal.first", 1);
    System.out.println("journal model: " + seeds + " seeds from " + first);
    int failures = 0;
    Throwable failure = null;
    for (int i = 0; i < seeds; i++) {
      try {
        run(first + i);
      } catch (Throwable e) {
        failures++;
        if (failures <= 12) {
          System.out.println("journal model: -Djournal.seed=" + (first + i) + " fails: " + e);
        }
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw new AssertionError(failures + " of " + seeds + " seeds fail, see above", failure);
    }
  }

  private static void run(long seed) {
    JournalModel model = new JournalModel(seed);
    try {
      model.run();
      assertThat(model.altered).isZero();
    } catch (RuntimeException | Error e) {
      throw new AssertionError("-Djournal.seed=" + seed + ": " + e.getMessage(), e);
    } finally {
      model.dispose();
    }
  }
}
