package io.otlpevents.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class JournalCommandIntegrationTests {

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir Path folder;

  @Test
  @Timeout(180)
  void theEnginesArchiveAloneReadsWhatALivingAndAKilledProcessWrote() throws Exception {
    Path journal = folder.resolve("journal");
    Process process =
        new ProcessBuilder(
                JAVA,
                "-cp",
                System.getProperty("java.class.path"),
                EmittingProcess.class.getName(),
                journal.toString())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    try {
      BufferedReader said =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      emit(process, said);
      String report = run(0, "inspect", journal.toString());
      assertThat(report)
          .contains("owner       alive, process " + process.pid())
          .contains("records     1000 whole")
          .contains("service.name=shop");
      assertThat(run(0, "verify", journal.toString())).contains("clean: intact 1000,");
      emit(process, said);
      process.destroyForcibly();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(run(0, "verify", journal.toString())).contains("clean: intact 2000,");
      assertThat(run(0, "inspect", journal.toString()))
          .contains("owner       none that can be seen");
      assertThat(ExportedLines.records(run(0, "export", journal.toString()))).hasSize(2000);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void emit(Process process, BufferedReader said) throws Exception {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
    assertThat(said.readLine()).isEqualTo("1000");
  }

  /** Runs the command as people do who have one file. */
  private String run(int exit, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(JAVA, "-jar", archive().toString()));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(out);
    assertThat(process.exitValue()).as(text + Files.readString(err)).isEqualTo(exit);
    return text;
  }

  private static Path archive() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("otlp-events-\\d[^/]*\\.jar"))
          .filter(file -> !file.toString().matches(".*-(sources|javadoc|tests)\\.jar"))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("the archive is not built: run verify"));
    }
  }
}
