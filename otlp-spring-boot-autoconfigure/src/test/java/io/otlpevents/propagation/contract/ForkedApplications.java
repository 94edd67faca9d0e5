package io.otlpevents.propagation.contract;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Hooks;

/**
 * Runs applications for a test in another process. Takes commands as lines, because nothing that
 * instruments servers and clients sees those.
 */
final class ForkedApplications {

  /** Begins each line that is for the test. */
  static final String MARK = "@@ ";

  static final String DONE = "done";
  static final String FAILED = "failed ";

  private final Map<String, ConfigurableApplicationContext> applications = new HashMap<>();

  private ForkedApplications() {}

  /** Ends with its input, so that it never outlives the test. */
  public static void main(String[] args) throws IOException {
    ForkedApplications applications = new ForkedApplications();
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      try {
        applications.run(line.split("\t"));
        tell(DONE);
      } catch (RuntimeException | Error e) {
        e.printStackTrace();
        tell(FAILED + e.toString().lines().findFirst().orElse(""));
      }
    }
    System.exit(0);
  }

  private static void tell(String line) {
    System.out.println(MARK + line);
  }

  private void run(String[] command) {
    String name = command[1];
    switch (command[0]) {
      case "start" -> start(command);
      case "events" -> {
        for (LogRecord event : TestApplication.events(applications.get(name)).records()) {
          tell(Base64.getEncoder().encodeToString(event.toByteArray()));
        }
      }
      case "forget" -> TestApplication.events(applications.get(name)).clear();
      case "threads" -> Threads.assertNoContextRemains(applications.get(name));
      case "spans" -> {
        for (RecordedSpan span : TestApplication.spans(applications.get(name))) {
          tell(String.join("\t", span.kind().name(), span.name(), span.traceId(), span.spanId()));
        }
        GlobalOpenTelemetry.getOrNoop()
            .getTracer("test")
            .spanBuilder(command[2])
            .setNoParent()
            .startSpan()
            .end();
      }
      case "forget-spans" -> TestApplication.forgetSpans(applications.get(name));
      case "stop" -> {
        applications.remove(name).close();
        // Reactor's mode is a global one.
        Hooks.disableAutomaticContextPropagation();
      }
      default -> throw new IllegalArgumentException(command[0]);
    }
  }

  private void start(String[] command) {
    ConfigurableApplicationContext context =
        TestApplication.run(
            WebApplicationType.valueOf(command[2]),
            List.of(),
            command[3],
            Arrays.asList(command).subList(4, command.length));
    applications.put(command[1], context);
    tell(String.valueOf(TestApplication.port(context)));
  }
}
