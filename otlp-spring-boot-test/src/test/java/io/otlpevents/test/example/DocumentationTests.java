package io.otlpevents.test.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Users copy from the documentation, so its example is one that runs. */
class DocumentationTests {

  @Test
  void theExampleOfTheDocumentationIsTheOneThatRuns() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/io/otlpevents/test/example/OrderEventsTests.java"));
    String example = source.substring(source.indexOf("import static"));
    assertThat(Files.readString(Path.of("../docs/testing.md"))).contains(example);
  }
}
