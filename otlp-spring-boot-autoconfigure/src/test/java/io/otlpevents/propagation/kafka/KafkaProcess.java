package io.otlpevents.propagation.kafka;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.otlpevents.EventEmitter;
import io.otlpevents.propagation.contract.CollectedEvents;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The application in a process of its own, which answers questions line by line. */
final class KafkaProcess {

  /** What an answer begins with. */
  static final String ANSWER = "@ ";

  private KafkaProcess() {}

  public static void main(String[] properties) throws IOException {
    try (ConfigurableApplicationContext context =
            new SpringApplicationBuilder(KafkaTestApplication.class)
                .web(WebApplicationType.NONE)
                .run(properties);
        BufferedReader questions =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println(ANSWER + "ready");
      for (String line = questions.readLine(); line != null; line = questions.readLine()) {
        System.out.println(ANSWER + answer(context, line));
      }
    }
  }

  private static String answer(ApplicationContext context, String question) {
    try {
      return question.startsWith("event ")
          ? event(context, question.substring("event ".length()))
          : act(context, question);
    } catch (RuntimeException | AssertionError e) {
      return e.toString().replace('\n', ' ');
    }
  }

  private static String act(ApplicationContext context, String what) {
    switch (what) {
      case "await idle" -> context.getBean(WatchedConsumers.class).awaitIdle();
      case "assert no context was left" ->
          context.getBean(WatchedConsumers.class).assertNoContextWasLeft();
      case "forget" -> events(context).clear();
      // Spans are exported in the order in which they end.
      case "mark" -> GlobalOpenTelemetry.getTracer("mark").spanBuilder("mark").startSpan().end();
      default -> throw new IllegalArgumentException(what);
    }
    return "done";
  }

  private static String event(ApplicationContext context, String name) {
    CollectedEvents events = events(context);
    return events.traceId(name) + "-" + events.spanId(name);
  }

  private static CollectedEvents events(ApplicationContext context) {
    if (!context.getBean(EventEmitter.class).flush(Duration.ofSeconds(20)).complete()) {
      throw new IllegalStateException("events were not delivered in time");
    }
    return context.getBean(CollectedEvents.class);
  }
}
