package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One tracer, or none, and each way through Spring Kafka, against a real broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KafkaMatrixContract {

  static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  static final String PARENT = "00f067aa0ba902b7";
  static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";

  /** Takes Spring Boot's tracers out. */
  static final String ALONE = io.otlpevents.propagation.contract.TestApplication.ALONE;

  /** How many spans of sending and processing belong to each way. */
  private static final Map<String, Integer> SPANS =
      Map.ofEntries(
          Map.entry("record", 2),
          Map.entry("batch", 2),
          Map.entry("error", 3),
          Map.entry("retry", 6),
          Map.entry("dead", 4),
          Map.entry("tx", 2),
          Map.entry("ask", 6),
          Map.entry("two", 2),
          Map.entry("two-batch", 2),
          Map.entry("manual", 2),
          Map.entry("poison", 4));

  private RunningKafkaApplication application;
  private RunningKafkaApplication without;

  /** The properties of the application. */
  abstract String[] properties();

  /** Whether this library makes spans. */
  abstract boolean makesSpans();

  /** The id that an event in a listener has to have. */
  abstract void assertSpanId(String way, String spanId, List<SpanData> spans);

  /** Checks the header that leaves. */
  abstract void assertTraceparent(String traceparent, List<SpanData> spans);

  @BeforeAll
  final void start() {
    application = new RunningKafkaApplication(properties());
    without =
        new RunningKafkaApplication(
            io.otlpevents.propagation.contract.TestApplication.with(
                properties(), "otlp.propagation.enabled=false"));
  }

  @AfterAll
  final void stop() {
    application.close();
    without.close();
  }

  @BeforeEach
  final void forget() {
    application.forget();
    without.forget();
  }

  @AfterEach
  final void leavesNothingBehind() {
    application.bean(WatchedConsumers.class).assertNoContextWasLeft();
    assertThat(Context.current()).isSameAs(Context.root());
  }

  final RunningKafkaApplication application() {
    return application;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "record",
        "batch",
        "error",
        "retry",
        "dead",
        "tx",
        "ask",
        "two",
        "two-batch",
        "manual",
        "poison"
      })
  final void carriesTheTrace(String way) {
    int expected = spansWithout(way) + (makesSpans() ? SPANS.getOrDefault(way, 0) : 0);

    ConsumerRecord<String, String> out = ask(application, way);
    List<SpanData> spans = awaitSpans(application, expected);

    assertThat(application.events().traceId(way)).isEqualTo(TRACE);
    assertSpanId(way, application.events().spanId(way), spans);
    assertThat(RunningKafkaApplication.headers(out, "traceparent")).hasSize(1);
    String traceparent = RunningKafkaApplication.headers(out, "traceparent").get(0);
    assertThat(traceparent).startsWith("00-" + TRACE + "-").endsWith("-01");
    assertTraceparent(traceparent, spans);
    assertThat(RunningKafkaApplication.headers(out, "tracestate")).containsExactly("a=1,b=2");
    assertThat(RunningKafkaApplication.headers(out, "baggage")).containsExactly("k=v");
    assertThat(spans).as(names(spans)).hasSize(expected);
    if (endsItsSpans(way)) {
      assertOneTree(spans);
    }
  }

  /** Whether the spans of all that happens are ended by those who started them. */
  boolean endsItsSpans(String way) {
    return true;
  }

  @Test
  final void interceptorsOfTheUserSeeTheTrace() {
    ask(application, "two");
    awaitSpans(application, makesSpans() ? 2 : 0);
    for (String event :
        List.of("first.intercept", "second.intercept", "first.success", "second.success")) {
      assertThat(application.events().traceId(event)).as(event).isEqualTo(TRACE);
    }
  }

  @Test
  final void twoRecordsDoNotMix() {
    ask(application, "record");
    application.forget();
    String other = "0af7651916cd43dd8448eb211c80319c";
    application.send("record", "traceparent: 00-" + other + "-b7ad6b7169203331-01");
    ConsumerRecord<String, String> out = application.awaitOut("record");
    assertThat(application.events().traceId("record")).isEqualTo(other);
    assertThat(RunningKafkaApplication.headers(out, "traceparent").get(0))
        .startsWith("00-" + other);
    assertThat(RunningKafkaApplication.headers(out, "tracestate")).isEmpty();
    assertThat(RunningKafkaApplication.headers(out, "baggage")).isEmpty();
  }

  private int spansWithout(String way) {
    ask(without, way);
    return awaitSpans(without, 0).size();
  }

  static ConsumerRecord<String, String> ask(RunningKafkaApplication application, String way) {
    application.send(way, "traceparent: " + TRACEPARENT, "tracestate: a=1,b=2", "baggage: k=v");
    ConsumerRecord<String, String> out = application.awaitOut(way);
    application.bean(WatchedConsumers.class).awaitIdle();
    return out;
  }

  static List<SpanData> awaitSpans(RunningKafkaApplication application, int count) {
    // Spans of sending end on the producer's thread.
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(application.spans())
                    .as(names(application.spans()))
                    .hasSizeGreaterThanOrEqualTo(count));
    return application.spans();
  }

  static String names(List<SpanData> spans) {
    return spans.stream()
        .map(
            span ->
                "%s %s %s < %s"
                    .formatted(
                        span.getKind(), span.getName(), span.getSpanId(), span.getParentSpanId()))
        .collect(Collectors.joining("\n"));
  }

  /** Each span is below what came in, and all are in its trace. */
  private static void assertOneTree(List<SpanData> spans) {
    Set<String> ids = spans.stream().map(SpanData::getSpanId).collect(Collectors.toSet());
    ids.add(PARENT);
    assertThat(spans)
        .as(names(spans))
        .allSatisfy(
            span -> {
              assertThat(span.getTraceId()).isEqualTo(TRACE);
              assertThat(ids).contains(span.getParentSpanId());
            });
  }

  static List<String> ids(List<SpanData> spans, SpanKind kind) {
    return spans.stream()
        .filter(span -> span.getKind() == kind)
        .map(SpanData::getSpanId)
        .collect(Collectors.toList());
  }
}
