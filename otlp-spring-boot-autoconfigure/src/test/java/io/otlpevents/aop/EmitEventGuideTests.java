package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the user guide compile, and would start. */
class EmitEventGuideTests {

  private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private static final String AROUND =
      """
      import io.opentelemetry.api.logs.Severity;
      import io.otlpevents.*;
      import io.otlpevents.annotation.*;
      import java.lang.annotation.*;
      import java.util.*;
      import java.util.concurrent.*;
      import org.springframework.core.annotation.AliasFor;
      import org.springframework.transaction.annotation.Transactional;
      public class Guide%d {
        public record Order(String id, double total, String customer, List<String> items) {}
        public record Payment(String id) {}
        public record Receipt(String id) {}
        public static class PaymentDeclined extends RuntimeException {}
      %s
      }
      """;

  @TempDir Path folder;

  @Test
  void everyExampleCompilesAndPassesTheChecksOfTheStart() throws Exception {
    List<String> names = new ArrayList<>();
    List<Path> sources = new ArrayList<>();
    Matcher examples = EXAMPLE.matcher(Files.readString(Path.of("../docs/emit-event.md")));
    while (examples.find()) {
      String code = examples.group(1);
      boolean whole = code.startsWith("import ");
      String name = whole ? "Orders" : "Guide" + sources.size();
      Path source = folder.resolve(name + ".java");
      Files.writeString(source, whole ? code : AROUND.formatted(sources.size(), code));
      sources.add(source);
      names.add(name);
    }
    assertThat(names).hasSizeGreaterThan(10);
    compile(sources);
    EmitEventPlans plans = new EmitEventPlans(name -> new RecordingEmitter(), kind -> true, true);
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      int annotated = 0;
      for (String name : names) {
        annotated += plans.existFor(loader.loadClass(name)) ? 1 : 0;
      }
      plans.checkBeans();
      assertThat(annotated).isGreaterThan(10);
    }
  }

  private static void compile(List<Path> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of("-parameters", "-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
  }
}
