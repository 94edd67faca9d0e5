package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.otlpevents.journal.DiskSettings;
import io.otlpevents.journal.Journal;
import io.otlpevents.journal.JournalSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.mock.env.MockEnvironment;

class JournalDirectoryFailureAnalyzerTests {

  @TempDir Path directory;

  @Test
  void saysThatTheDirectoryIsAFile() throws Exception {
    Path file = Files.createFile(directory.resolve("events"));
    assertThat(analyze(DiskSettings.in(file)).getDescription())
        .isEqualTo(
            "The property otlp.events.journal.directory with the value \""
                + file
                + "\" names a directory that cannot be used: "
                + file
                + " is a file, not a directory.");
    assertThat(analyze(DiskSettings.in(file.resolve("below"))).getDescription())
        .endsWith(
            "names a directory that cannot be used: it cannot be made, because "
                + file
                + " is a file, not a directory.");
    assertThat(analyze(DiskSettings.in(file)).getAction()).startsWith("Name a directory, not");
  }

  @Test
  void saysThatAnotherProcessUsesTheDirectory() {
    DiskSettings settings = DiskSettings.in(directory);
    try (Journal other = new Journal(JournalSettings.onDisk(settings), new byte[0], new byte[0])) {
      assertThat(other.isClosed()).isFalse();
      FailureAnalysis analysis = analyze(settings.withExclusive(true));
      assertThat(analysis.getDescription())
          .endsWith("names a directory that is used by another process.");
      assertThat(analysis.getAction()).contains("otlp.events.journal.exclusive=false");
    }
  }

  private static FailureAnalysis analyze(DiskSettings settings) {
    Throwable failure =
        catchThrowable(
            () -> new Journal(JournalSettings.onDisk(settings), new byte[0], new byte[0]).close());
    FailureAnalysis analysis =
        new JournalDirectoryFailureAnalyzer(new MockEnvironment())
            .analyze(new BeanCreationException("journal", "failed", failure));
    assertThat(analysis).isNotNull();
    return analysis;
  }
}
