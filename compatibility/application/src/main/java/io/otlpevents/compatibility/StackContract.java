package io.otlpevents.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.EventEmitter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** What must hold whoever else makes spans and sends logs. */
public abstract class StackContract {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String LINE = "a line of the log";

  private LogsReceiver events;
  private LogsReceiver logs;

  /** Makes the tests. */
  protected StackContract() {}

  /** Whether an event must have a span, here where something makes spans. */
  protected abstract boolean makesSpans();

  /** Whether the stack sends the application's log by OTLP. */
  protected abstract boolean sendsLogs();

  /** What makes the stack send its logs there. */
  protected abstract List<String> properties(String logsEndpoint);

  /** For a stack whose logs are not taken from the logging library. */
  protected void log(ConfigurableApplicationContext context, String line) {}

  @BeforeEach
  void start() throws IOException {
    events = new LogsReceiver();
    logs = new LogsReceiver();
  }

  @AfterEach
  void stop() {
    events.close();
    logs.close();
  }

  @Test
  void tiesEventsToTheCurrentSpan() throws Exception {
    try (ConfigurableApplicationContext context = run()) {
      String seen = Requests.order(context);
      context.getBean(EventEmitter.class).flush(SOON);
      await().atMost(SOON).until(() -> events.named("order.placed").size() == 1);
      String span = span(events.named("order.placed").get(0));
      if (makesSpans()) {
        assertThat(seen).startsWith(Requests.TRACE_ID);
        assertThat(span).isEqualTo(seen);
      } else {
        assertThat(span).isIn(seen, CurrentSpan.NONE);
      }
    }
  }

  @Test
  void keepsEventsAndLogsApart() throws Exception {
    try (ConfigurableApplicationContext context = run()) {
      Requests.order(context);
      log(context, LINE);
      context.getBean(EventEmitter.class).flush(SOON);
      if (sendsLogs()) {
        await().atMost(SOON).until(() -> !logs.lines(LINE).isEmpty());
      }
    }
    // Everybody has flushed now.
    assertThat(events.named("order.placed")).hasSize(1);
    assertThat(events.lines(LINE)).isEmpty();
    assertThat(logs.lines(LINE)).hasSize(sendsLogs() ? 1 : 0);
    assertThat(logs.named("order.placed")).isEmpty();
  }

  private ConfigurableApplicationContext run() {
    List<String> arguments = new ArrayList<>(arguments(events));
    arguments.addAll(properties(logs.endpoint()));
    SpringApplication application = new SpringApplication(ShopApplication.class);
    application.setRegisterShutdownHook(false);
    return application.run(arguments.toArray(String[]::new));
  }

  static List<String> arguments(LogsReceiver events) {
    return List.of(
        "--server.port=0",
        "--otlp.protocol=http/protobuf",
        "--otlp.endpoint=" + events.endpoint(),
        "--otlp.events.batch.max-delay=1ms");
  }

  static String span(LogRecord record) {
    HexFormat hex = HexFormat.of();
    return record.getSpanId().isEmpty()
        ? CurrentSpan.NONE
        : hex.formatHex(record.getTraceId().toByteArray())
            + "-"
            + hex.formatHex(record.getSpanId().toByteArray());
  }
}
