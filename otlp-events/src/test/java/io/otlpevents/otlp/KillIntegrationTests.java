package io.otlpevents.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes with a journal on disk are killed with SIGKILL at random moments: while they start and
 * recover, emit, change segments and send, with the receiver there and away. Whatever {@code emit}
 * said was accepted must arrive.
 *
 * <p>{@code -Dkills=1000} kills more often than the 50 times of the build, {@code -Dseed=…} repeats
 * a run.
 */
@DisabledOnOs(OS.WINDOWS) // has no SIGKILL
class KillIntegrationTests {

  private static final int KILLS = Integer.getInteger("kills", 50);
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @Test
  void everyAcceptedEventArrivesHoweverOftenItsProcessIsKilled(@TempDir Path folder)
      throws Exception {
    check(new KillRun(Math.max(1, KILLS * 3 / 5), SEED, true, folder).run(1));
  }

  @Test
  void processesThatShareADirectoryTakeOverFromEachOther(@TempDir Path folder) throws Exception {
    check(new KillRun(Math.max(1, KILLS * 2 / 5), SEED, false, folder).run(2));
  }

  private static void check(KillRun.Report report) {
    String words = "seed " + SEED + ", " + report;
    System.out.println(words);
    assertThat(report.mistakes()).as(words).isEmpty();
    assertThat(report.missing()).as(words).isEmpty();
    assertThat(report.exitValue()).as(words).isZero();
    assertThat(report.accepted()).as(words).isPositive();
  }
}
