package io.otlpevents.propagation.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
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

/**
 * One tracer, or none, and each way through Spring Kafka, against a real broker. For other modules,
 * too, whose class path has another tracer.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class KafkaMatrixContract {

  /** The trace that comes in. */
  public static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  /** The id of the span that has sent what comes in. */
  public static final String PARENT = "00f067aa0ba902b7";

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

  private KafkaApplication application;
  private KafkaApplication without;

  /** Makes the tests. */
  protected KafkaMatrixContract() {}

  /** The properties of the application. */
  protected String[] properties() {
    return new String[0];
  }

  /** Starts the application. */
  protected KafkaApplication run(String... properties) {
    return new RunningKafkaApplication(properties);
  }

  /** Whether this library makes spans. */
  protected abstract boolean makesSpans();

  /** Checks the trace that an event in a listener has. */
  protected void assertTraceId(String way, String traceId, List<SeenSpan> spans) {
    assertThat(traceId).isEqualTo(TRACE);
  }

  /** Checks the id of the span that an event in a listener has. */
  protected abstract void assertSpanId(String way, String spanId, List<SeenSpan> spans);

  /** Checks the header that leaves. */
  protected abstract void assertTraceparent(String way, String traceparent, List<SeenSpan> spans);

  /** Whether what leaves is in the trace of what came in. */
  protected boolean carriesOn(String way) {
    return true;
  }

  /** Whether all spans are in one tree, and end. */
  protected boolean isOneTree(String way) {
    return true;
  }

  @BeforeAll
  final void start() {
    application = run(properties());
    without =
        run(
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
    application.assertNoContextWasLeft();
    assertThat(Context.current()).isSameAs(Context.root());
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
    List<SeenSpan> spans = awaitSpans(application, expected);

    assertThat(spans).as(names(spans)).hasSize(expected);
    String event = application.event(way);
    assertTraceId(way, event.substring(0, event.indexOf('-')), spans);
    assertSpanId(way, event.substring(event.indexOf('-') + 1), spans);
    assertThat(KafkaApplication.headers(out, "traceparent")).hasSize(1);
    assertTraceparent(way, KafkaApplication.headers(out, "traceparent").get(0), spans);
    for (ConsumerRecord<String, String> record : application.passedOn(way)) {
      assertThat(KafkaApplication.headers(record, "traceparent")).as(record.topic()).hasSize(1);
    }
    if (carriesOn(way)) {
      assertCarriedOn(out);
      application.passedOn(way).forEach(this::assertCarriedOn);
      if (isOneTree(way)) {
        assertOneTree(spans);
      }
    }
  }

  /** Checks what a record has that is in the trace of what came in. */
  protected void assertCarriedOn(ConsumerRecord<String, String> record) {
    assertThat(KafkaApplication.headers(record, "traceparent").get(0))
        .as(record.topic())
        .startsWith("00-" + TRACE + "-")
        .endsWith("-01");
    assertThat(KafkaApplication.headers(record, "tracestate"))
        .as(record.topic())
        .containsExactly("a=1,b=2");
    assertThat(KafkaApplication.headers(record, "baggage"))
        .as(record.topic())
        .containsExactly("k=v");
  }

  @Test
  final void interceptorsOfTheUserSeeTheTrace() {
    ask(application, "two");
    awaitSpans(application, makesSpans() ? 2 : 0);
    for (String event :
        List.of("first.intercept", "second.intercept", "first.success", "second.success")) {
      assertThat(application.event(event)).as(event).startsWith(TRACE);
    }
  }

  @Test
  final void twoRecordsDoNotMix() {
    ask(application, "record");
    application.forget();
    String other = "0af7651916cd43dd8448eb211c80319c";
    application.send("record", "traceparent: 00-" + other + "-b7ad6b7169203331-01");
    ConsumerRecord<String, String> out = application.awaitOut("record");
    assertThat(application.event("record")).startsWith(other);
    assertThat(KafkaApplication.headers(out, "traceparent").get(0)).startsWith("00-" + other);
    assertThat(KafkaApplication.headers(out, "tracestate")).isEmpty();
    assertThat(KafkaApplication.headers(out, "baggage")).isEmpty();
  }

  private int spansWithout(String way) {
    ask(without, way);
    return awaitSpans(without, 0).size();
  }

  static ConsumerRecord<String, String> ask(KafkaApplication application, String way) {
    application.send(way, "traceparent: " + TRACEPARENT, "tracestate: a=1,b=2", "baggage: k=v");
    ConsumerRecord<String, String> out = application.awaitOut(way);
    application.awaitIdle();
    return out;
  }

  static List<SeenSpan> awaitSpans(KafkaApplication application, int count) {
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

  protected static String names(List<SeenSpan> spans) {
    return spans.stream().map(SeenSpan::toString).collect(Collectors.joining("\n"));
  }

  /** Each span is below what came in, and all are in its trace. */
  private static void assertOneTree(List<SeenSpan> spans) {
    Set<String> ids = spans.stream().map(SeenSpan::spanId).collect(Collectors.toSet());
    ids.add(PARENT);
    assertThat(spans)
        .as(names(spans))
        .allSatisfy(
            span -> {
              assertThat(span.traceId()).isEqualTo(TRACE);
              assertThat(ids).contains(span.parentId());
            });
  }

  protected static List<String> ids(List<SeenSpan> spans, SpanKind kind) {
    return spans.stream()
        .filter(span -> span.kind() == kind)
        .map(SeenSpan::spanId)
        .collect(Collectors.toList());
  }
}
