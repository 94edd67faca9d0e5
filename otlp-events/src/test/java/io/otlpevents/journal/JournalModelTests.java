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
   * Seeds that have failed, each seen to fail again when its fault is put back:
   *
   * <ul>
   *   <li>500472, 500284: what was on its way when its segment was given up was not counted after
   *       the process had died; 703492: the same, where the place to keep was one that a
   *       predecessor had finished;
   *   <li>502257, 700287: after everything had been removed, another process made the directory
   *       anew, and both wrote there; 6101559: one deleted the other's files;
   *   <li>1010708: a file was cut short before the place that a reader had reached, and what was
   *       behind that place was not counted;
   *   <li>155, 438: a power cut took a directory that was never forced;
   *   <li>700614, 4007451, 4010035: the model asked for too much, of a process without a file for
   *       cursors and where records were given up beside others that were damaged.
   * </ul>
   */
  @ParameterizedTest
  @ValueSource(
      longs = {
        500472, 500284, 703492, 502257, 700287, 6101559, 1010708, 155, 438, 700614, 4007451, 4010035
      })
  void whatWentWrongOnceGoesRight(long seed) {
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
