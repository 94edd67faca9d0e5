package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.otlpevents.AttributeSink;
import io.otlpevents.EmitResult;
import io.otlpevents.EventRecord;
import io.otlpevents.EventType;
import io.otlpevents.EventView;
import io.otlpevents.journal.JournalSettings;
import io.otlpevents.journal.OverflowPolicy;
import io.otlpevents.ledger.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AdmissionTests {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final SpanContext SPAN =
      SpanContext.create(
          "4bf92f3577b34da6a3ce929d0e0e4736",
          "00f067aa0ba902b7",
          TraceFlags.getSampled(),
          TraceState.getDefault());

  private final ScriptedDestination destination = new ScriptedDestination("test");
  private final AtomicLong nanoTime = new AtomicLong(System.nanoTime());
  private final List<EventPipeline> started = new ArrayList<>();

  @AfterEach
  void closePipelines() {
    started.forEach(pipeline -> pipeline.close(Duration.ZERO));
  }

  @Test
  void everyFilterMustConsent() {
    List<String> asked = new ArrayList<>();
    EventPipeline pipeline =
        start(
            builder ->
                builder
                    .filter(event -> asked.add("first") && event.attribute("a") != null)
                    .filter(event -> asked.add("second") && event.attribute("b") != null));
    assertThat(pipeline.emitter().event("e").attribute("a", 1).attribute("b", 1).emit())
        .isEqualTo(EmitResult.ACCEPTED);
    assertThat(pipeline.emitter().event("e").attribute("a", 1).emit())
        .isEqualTo(EmitResult.FILTERED);
    assertThat(pipeline.emitter().event("e").attribute("b", 1).tryEmit())
        .isEqualTo(EmitResult.FILTERED);
    assertThat(asked).containsExactly("first", "second", "first", "second", "first");
    assertThat(pipeline.ledger().snapshot().filtered()).isEqualTo(2);
    assertDelivered(pipeline, 1);
  }

  @Test
  void asksInOrderAndOnlyWhileTheEventIsAdmitted() {
    List<String> asked = new ArrayList<>();
    EventPipeline pipeline =
        start(
            builder ->
                builder
                    .minimumSeverity(Severity.INFO)
                    .filter(event -> asked.add("filter") && !event.name().equals("filtered"))
                    .sampling(SamplingRule.ratio("sampled", 0))
                    .enricher((event, attributes) -> asked.add("enricher")));
    assertThat(pipeline.emitter().event("e").severity(Severity.DEBUG).emit())
        .isEqualTo(EmitResult.FILTERED);
    assertThat(pipeline.emitter().event("").emit()).isEqualTo(EmitResult.INVALID);
    assertThat(asked).isEmpty();
    assertThat(pipeline.emitter().event("filtered").emit()).isEqualTo(EmitResult.FILTERED);
    assertThat(pipeline.emitter().event("sampled").emit()).isEqualTo(EmitResult.SAMPLED_OUT);
    assertThat(asked).containsExactly("filter", "filter");
    assertThat(pipeline.emitter().event("kept").emit()).isEqualTo(EmitResult.ACCEPTED);
    assertThat(asked).containsExactly("filter", "filter", "filter", "enricher");
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    assertThat(ledger.filtered()).isEqualTo(2);
    assertThat(ledger.sampledOut()).isOne();
    assertDelivered(pipeline, 1);
  }

  @Test
  void aFilterSeesTheEvent() {
    AtomicReference<Object> seen = new AtomicReference<>();
    byte[] bytes = {1, 2};
    EventPipeline pipeline =
        start(
            builder ->
                builder.filter(
                    event -> {
                      seen.set(
                          List.of(
                              event.name(),
                              event.severity(),
                              event.severityNumber(),
                              String.valueOf(event.type()),
                              event.spanContext(),
                              value(event, "text"),
                              value(event, "long"),
                              value(event, "double"),
                              value(event, "boolean"),
                              value(event, "bytes"),
                              value(event, "absent")));
                      return true;
                    }));
    pipeline
        .emitter()
        .event("order.placed")
        .severity(Severity.ERROR2)
        .type(EventType.USER_ACTION)
        .context(Context.root().with(Span.wrap(SPAN)))
        .attribute("text", "t")
        .attribute("long", 7)
        .attribute("double", 0.5)
        .attribute("boolean", true)
        .attribute("bytes", bytes)
        .emit();
    assertThat(seen.get())
        .isEqualTo(
            List.of(
                "order.placed",
                Severity.ERROR2,
                18,
                "USER_ACTION",
                SPAN,
                "t",
                7L,
                0.5,
                true,
                bytes,
                "none"));
  }

  @Test
  void aFilterSeesTheCurrentSpanAndTheAbsenceOfOne() {
    List<Boolean> valid = new ArrayList<>();
    EventPipeline pipeline =
        start(builder -> builder.filter(event -> valid.add(event.spanContext().isValid())));
    pipeline.emitter().event("e").emit();
    try (var scope = Context.root().with(Span.wrap(SPAN)).makeCurrent()) {
      assertThat(scope).isNotNull();
      pipeline.emitter().event("e").emit();
      pipeline.emitter().event("e").context(Context.root()).emit();
    }
    assertThat(valid).containsExactly(false, true, false);
  }

  @Test
  void aFilterThatThrowsConsents() {
    for (Throwable thrown : throwables()) {
      destination.delivered.clear();
      EventPipeline pipeline =
          start(
              builder ->
                  builder.filter(
                      event -> {
                        throw sneaky(thrown);
                      }));
      assertThat(pipeline.emitter().event("e").emit()).isEqualTo(EmitResult.ACCEPTED);
      assertDelivered(pipeline, 1);
    }
  }

  @Test
  void theOtherFiltersAreAskedWhenOneThrows() {
    EventPipeline pipeline =
        start(
            builder ->
                builder
                    .filter(
                        event -> {
                          throw new IllegalStateException("broken");
                        })
                    .filter(event -> false));
    assertThat(pipeline.emitter().event("e").emit()).isEqualTo(EmitResult.FILTERED);
    assertDelivered(pipeline, 0);
  }

  @Test
  void anEnricherThatThrowsIsSkipped() {
    for (Throwable thrown : throwables()) {
      destination.delivered.clear();
      EventPipeline pipeline =
          start(
              builder ->
                  builder
                      .enricher(
                          (event, attributes) -> {
                            attributes.put("before", true);
                            throw sneaky(thrown);
                          })
                      .enricher((event, attributes) -> attributes.put("after", true)));
      assertThat(pipeline.emitter().event("e").emit()).isEqualTo(EmitResult.ACCEPTED);
      assertDelivered(pipeline, 1);
      assertThat(attributes(0)).containsKeys("before", "after");
    }
  }

  @Test
  void failuresAreLoggedAtMostOnceAMinute() {
    EventPipeline pipeline =
        start(
            builder ->
                builder
                    .filter(
                        event -> {
                          throw new IllegalStateException("broken filter");
                        })
                    .enricher(
                        (event, attributes) -> {
                          throw new IllegalStateException("broken enricher");
                        }));
    try (LogCapture log = new LogCapture(new ListAppender<>())) {
      for (int second = 0; second < 150; second++) {
        pipeline.emitter().event("e").emit();
        pipeline.emitter().event("e").emit();
        nanoTime.addAndGet(1_000_000_000L);
      }
      // At 0, 60 and 120 seconds.
      assertThat(log.messages()).filteredOn(text -> text.contains("filter failed")).hasSize(3);
      assertThat(log.messages()).filteredOn(text -> text.contains("enricher failed")).hasSize(3);
    }
    assertDelivered(pipeline, 300);
  }

  @Test
  void tellsRefusalsAtOnceAndTheirNumberInTheEnd() {
    EventPipeline pipeline = start(builder -> builder);
    try (LogCapture log = new LogCapture(new ListAppender<>())) {
      pipeline.emitter().event("too.large").attribute("x", "x".repeat(300_000)).emit();
      for (int i = 0; i < 5; i++) {
        pipeline.emitter().event("").emit();
      }
      pipeline.close();
      pipeline.close();

      assertThat(log.messages())
          .containsExactly(
              "Events are refused (TOO_LARGE): 1 since the start",
              "Events are refused (INVALID): 1 since the start",
              "Events were refused (INVALID): 5 in all");
    }
  }

  @Test
  void aLoggingSystemThatThrowsBreaksNothing() {
    EventPipeline pipeline =
        start(
            builder ->
                builder.filter(
                    event -> {
                      throw new IllegalStateException("broken");
                    }));
    AtomicLong appended = new AtomicLong();
    ListAppender<ILoggingEvent> broken =
        new ListAppender<>() {
          @Override
          public synchronized void doAppend(ILoggingEvent event) {
            appended.incrementAndGet();
            throw new AssertionError("no log");
          }
        };
    try (LogCapture log = new LogCapture(broken)) {
      assertThat(pipeline.emitter().event("e").emit()).isEqualTo(EmitResult.ACCEPTED);
      assertThat(pipeline.emitter().event("").emit()).isEqualTo(EmitResult.INVALID);
      assertThat(pipeline.emitter().event("e").attribute("x", "x".repeat(300_000)).emit())
          .isEqualTo(EmitResult.TOO_LARGE);
      assertThat(log.messages()).isEmpty();
    }
    assertThat(appended).hasValue(3);
    assertThat(pipeline.ledger().snapshot().rejectedTotal()).isEqualTo(2);
    assertDelivered(pipeline, 1);
  }

  @Test
  void enrichersAddToEvents() {
    EventPipeline pipeline =
        start(
            builder ->
                builder.enricher(
                    (event, attributes) ->
                        attributes
                            .put("text", "t-" + event.name())
                            .put("long", 7)
                            .put("double", 0.5)
                            .put("boolean", true)
                            .put("list", List.of("a", "b"))
                            .put(AttributeKey.stringKey("typed"), "typed")
                            .put("null", (String) null)
                            .put("", "no key")));
    pipeline.emitter().event("e").emit();
    assertDelivered(pipeline, 1);
    Map<String, AnyValue> attributes = attributes(0);
    assertThat(attributes)
        .containsOnlyKeys("text", "long", "double", "boolean", "list", "typed", "log.record.uid");
    assertThat(attributes.get("text").getStringValue()).isEqualTo("t-e");
    assertThat(attributes.get("long").getIntValue()).isEqualTo(7);
    assertThat(attributes.get("double").getDoubleValue()).isEqualTo(0.5);
    assertThat(attributes.get("boolean").getBoolValue()).isTrue();
    assertThat(attributes.get("list").getArrayValue().getValuesCount()).isEqualTo(2);
    assertThat(destination.delivered.get(0).getDroppedAttributesCount()).isZero();
  }

  @Test
  void theEventsOwnWinsThenTheFirstEnricherThenTheDefault() {
    EventPipeline pipeline =
        start(
            builder ->
                builder
                    .defaultAttributes(
                        Attributes.builder()
                            .put("own", "default")
                            .put("payload", "default")
                            .put("enriched", "default")
                            .put("default", "default")
                            .build())
                    .enricher(
                        (event, attributes) ->
                            attributes
                                .put("own", "first")
                                .put("payload", "first")
                                .put("nested.payload", 1)
                                .put("enriched", "first")
                                .put(EventType.ATTRIBUTE, "first"))
                    .enricher(
                        (event, attributes) -> {
                          assertThat(event.attribute("enriched")).isEqualTo("first");
                          attributes.put("enriched", "second").put("late", "second");
                        }));
    pipeline
        .emitter()
        .event("e")
        .type(EventType.USER_ACTION)
        .attribute("own", "event")
        .payload(Map.of("payload", "event", "nested", Map.of("payload", "event")))
        .emit();
    assertDelivered(pipeline, 1);
    assertThat(attributes(0))
        .hasEntrySatisfying("own", is("event"))
        .hasEntrySatisfying("payload", is("event"))
        .hasEntrySatisfying("nested.payload", is("event"))
        .hasEntrySatisfying("enriched", is("first"))
        .hasEntrySatisfying("late", is("second"))
        .hasEntrySatisfying("default", is("default"))
        .hasEntrySatisfying(EventType.ATTRIBUTE, is("user_action"));
  }

  @Test
  void enrichersCannotForgeTheOdds() {
    EventPipeline pipeline =
        start(
            builder ->
                builder
                    .sampling(SamplingRule.ratio("*", 0.25))
                    .enricher(
                        (event, attributes) ->
                            attributes.put(SamplingRule.RATIO, 1.0).put("x", "y")));
    Context context = Context.root().with(Span.wrap(SPAN));
    pipeline
        .emitter()
        .event("e")
        .attribute(SamplingRule.RATIO, 0.9)
        .context(context)
        .payload(Map.of(SamplingRule.THRESHOLD, "0"))
        .emit();
    assertDelivered(pipeline, 1);
    assertThat(attributes(0).get(SamplingRule.RATIO).getDoubleValue()).isEqualTo(0.25);
    assertThat(attributes(0).get(SamplingRule.THRESHOLD).getStringValue()).isEqualTo("c");
  }

  @Test
  void aViewThatIsKeptReachesNoOtherEvent() {
    List<EventView> views = new ArrayList<>();
    List<AttributeSink> sinks = new ArrayList<>();
    EventPipeline pipeline =
        start(
            builder ->
                builder
                    .filter(
                        event -> {
                          if (views.isEmpty()) {
                            views.add(event);
                          }
                          return true;
                        })
                    .enricher(
                        (event, attributes) -> {
                          if (sinks.isEmpty()) {
                            sinks.add(attributes);
                          }
                        }));
    pipeline.emitter().event("first").emit();
    var second = pipeline.emitter().event("second");
    assertThatThrownBy(() -> views.get(0).name()).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> sinks.get(0).put("stolen", true))
        .isInstanceOf(IllegalStateException.class);
    second.emit();
    assertDelivered(pipeline, 2);
    assertThat(attributes(1)).doesNotContainKey("stolen");
  }

  @Test
  void makesRoomForImportantEventsAsTheJournalFills() {
    destination.script = (attempt, records, done) -> {};
    EventPipeline pipeline =
        start(
            builder ->
                builder
                    .journal(
                        new JournalSettings(
                            16 * 64 * 1024,
                            64 * 1024,
                            16 * 1024,
                            OverflowPolicy.DROP_NEWEST,
                            Duration.ZERO))
                    .adaptiveSampling(new AdaptiveSampling(0.5, 0.8, 0, Severity.WARN)));
    String text = "x".repeat(1000);
    int kept = 0;
    boolean left = false;
    while (pipeline.journalFill() < 0.8) {
      EmitResult result = pipeline.emitter().event("e").attribute("text", text).emit();
      if (result == EmitResult.SAMPLED_OUT) {
        left = true;
        assertThat(pipeline.journalFill()).isGreaterThan(0.5);
      } else {
        assertThat(result).isEqualTo(EmitResult.ACCEPTED);
        kept++;
      }
    }
    assertThat(left).isTrue();
    assertThat(pipeline.emitter().event("e").attribute("text", text).emit())
        .isEqualTo(EmitResult.SAMPLED_OUT);
    for (int i = 0; i < 50; i++) {
      var event = pipeline.emitter().event("e").attribute("text", text);
      EmitResult result =
          i % 2 == 0
              ? event.severity(Severity.WARN).emit()
              : event.type(EventType.SECURITY_AUDIT).emit();
      assertThat(result).isEqualTo(EmitResult.ACCEPTED);
      kept++;
    }
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    assertThat(ledger.isBalanced()).as("%s", ledger).isTrue();
    assertThat(ledger.appended()).isEqualTo(kept);
  }

  @Test
  void anAbsentRecordIsRefusedAndCounted() {
    EventPipeline pipeline = start(builder -> builder);
    EventRecord none = null;
    assertThat(pipeline.emitter().emit(none)).isEqualTo(EmitResult.INVALID);
    assertDelivered(pipeline, 0);
  }

  @Test
  void refusesTwoRulesForTheSameEvents() {
    assertThatThrownBy(
            () ->
                start(
                    builder ->
                        builder
                            .sampling(SamplingRule.ratio("a", 1))
                            .sampling(SamplingRule.ratio("a", 0))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private EventPipeline start(UnaryOperator<EventPipeline.Builder> configured) {
    EventPipeline pipeline =
        configured
            .apply(EventPipeline.builder().nanoTime(nanoTime::get).destination(destination))
            .build();
    started.add(pipeline);
    return pipeline;
  }

  private void assertDelivered(EventPipeline pipeline, int count) {
    assertThat(pipeline.flush(LONG).complete()).isTrue();
    assertThat(destination.delivered).hasSize(count);
    Ledger.Snapshot ledger = pipeline.ledger().snapshot();
    assertThat(ledger.isBalanced()).as("%s", ledger).isTrue();
    assertThat(ledger.pending()).isZero();
  }

  private Map<String, AnyValue> attributes(int index) {
    LogRecord record = destination.delivered.get(index);
    return record.getAttributesList().stream()
        .collect(java.util.stream.Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
  }

  private static java.util.function.Consumer<AnyValue> is(String text) {
    return value -> assertThat(value.getStringValue()).isEqualTo(text);
  }

  private static Object value(EventView event, String key) {
    Object value = event.attribute(key);
    return value == null ? "none" : value;
  }

  private static List<Throwable> throwables() {
    return List.of(
        new IllegalStateException("exception"),
        new java.io.IOException("checked"),
        new Error("error"),
        new StackOverflowError(),
        new OutOfMemoryError("pretended"));
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T sneaky(Throwable throwable) throws T {
    throw (T) throwable;
  }

  /** Collects what the engine logs. */
  private static final class LogCapture implements AutoCloseable {

    private final Logger logger = (Logger) LoggerFactory.getLogger(EventPipeline.class);
    private final Level level = logger.getLevel();
    private final ListAppender<ILoggingEvent> appender;

    LogCapture(ListAppender<ILoggingEvent> appender) {
      this.appender = appender;
      appender.start();
      logger.setLevel(Level.WARN);
      logger.setAdditive(false);
      logger.addAppender(appender);
    }

    List<String> messages() {
      return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Override
    public void close() {
      logger.detachAppender(appender);
      logger.setLevel(level);
      logger.setAdditive(true);
    }
  }
}
