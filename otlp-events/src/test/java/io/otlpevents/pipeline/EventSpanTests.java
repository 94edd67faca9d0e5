package io.otlpevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.otlpevents.EmitResult;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.encode.RedactionRule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventSpanTests {

  private static final SpanContext OTHER =
      SpanContext.create(
          "0af7651916cd43dd8448eb211c80319c",
          "b7ad6b7169203331",
          TraceFlags.getSampled(),
          TraceState.getDefault());

  @Test
  void asksTheSourceForTheSpan() {
    List<@Nullable Context> asked = new ArrayList<>();
    List<SpanContext> seen = new ArrayList<>();
    try (EventPipeline pipeline =
        EventPipeline.builder()
            .destination(new Nowhere())
            .spans(
                context -> {
                  asked.add(context);
                  return OTHER;
                })
            .filter(event -> seen.add(event.spanContext()))
            .build()) {
      pipeline.emitter().event("a").emit();
      pipeline.emitter().event("b").context(Context.root()).emit();
    }
    assertThat(seen).containsExactly(OTHER, OTHER);
    assertThat(asked).contains((Context) null).contains(Context.root());
  }

  @Test
  void addsTheRecordedEventToTheSpan() {
    RecordingSpan span = new RecordingSpan(true);
    try (EventPipeline pipeline =
            EventPipeline.builder()
                .destination(new Nowhere())
                .redaction(List.of(RedactionRule.mask("secret"), RedactionRule.drop("gone")))
                .mirrorToSpan(true)
                .build();
        Scope scope = span.makeCurrent()) {
      EmitResult result =
          pipeline
              .emitter()
              .event("order.placed")
              .timestamp(Instant.ofEpochSecond(7))
              .attribute("text", "\u00fc")
              .attribute("long", -3)
              .attribute("double", 1.5)
              .attribute("flag", true)
              .attribute("list", List.of(1))
              .attribute("secret", "hush")
              .attribute("gone", "hush")
              .payload(Map.of("inner", 5))
              .emit();
      assertThat(result).isEqualTo(EmitResult.ACCEPTED);
    }
    assertThat(span.events).hasSize(1);
    assertThat(span.events.get(0).name()).isEqualTo("order.placed");
    assertThat(span.events.get(0).nanos()).isEqualTo(7_000_000_000L);
    assertThat(span.events.get(0).attributes().asMap())
        .containsEntry(AttributeKey.stringKey("text"), "\u00fc")
        .containsEntry(AttributeKey.longKey("long"), -3L)
        .containsEntry(AttributeKey.doubleKey("double"), 1.5)
        .containsEntry(AttributeKey.booleanKey("flag"), true)
        .containsEntry(AttributeKey.longKey("inner"), 5L)
        .containsKey(AttributeKey.stringKey("secret"))
        .doesNotContainKey(AttributeKey.stringKey("gone"))
        .doesNotContainValue("hush");
  }

  @Test
  void addsNothingUnlessAskedTo() {
    RecordingSpan span = new RecordingSpan(true);
    RecordingSpan unsampled = new RecordingSpan(false);
    try (EventPipeline without = EventPipeline.builder().destination(new Nowhere()).build();
        EventPipeline with =
            EventPipeline.builder().destination(new Nowhere()).mirrorToSpan(true).build()) {
      without.emitter().event("a").context(Context.root().with(span)).emit();
      with.emitter().event("a").context(Context.root().with(unsampled)).emit();
      with.emitter().event("").context(Context.root().with(span)).emit();
    }
    assertThat(span.events).isEmpty();
    assertThat(unsampled.events).isEmpty();
  }

  @Test
  void acceptsAnEventThatTheSpanRefuses() {
    RecordingSpan span =
        new RecordingSpan(true) {
          @Override
          public Span addEvent(String name, Attributes attributes, long time, TimeUnit unit) {
            throw new IllegalStateException("no room");
          }
        };
    try (EventPipeline pipeline =
        EventPipeline.builder().destination(new Nowhere()).mirrorToSpan(true).build()) {
      assertThat(pipeline.emitter().event("a").context(Context.root().with(span)).emit())
          .isEqualTo(EmitResult.ACCEPTED);
    }
  }

  private record Added(String name, Attributes attributes, long nanos) {}

  private static class RecordingSpan implements Span {

    final List<Added> events = new ArrayList<>();
    private final boolean recording;

    RecordingSpan(boolean recording) {
      this.recording = recording;
    }

    @Override
    public <T> Span setAttribute(AttributeKey<T> key, @Nullable T value) {
      return this;
    }

    @Override
    public Span addEvent(String name, Attributes attributes) {
      return addEvent(name, attributes, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public Span addEvent(String name, Attributes attributes, long time, TimeUnit unit) {
      events.add(new Added(name, attributes, unit.toNanos(time)));
      return this;
    }

    @Override
    public Span setStatus(StatusCode code, String description) {
      return this;
    }

    @Override
    public Span recordException(Throwable exception, Attributes attributes) {
      return this;
    }

    @Override
    public Span updateName(String name) {
      return this;
    }

    @Override
    public void end() {}

    @Override
    public void end(long time, TimeUnit unit) {}

    @Override
    public SpanContext getSpanContext() {
      return OTHER;
    }

    @Override
    public boolean isRecording() {
      return recording;
    }
  }

  private static final class Nowhere implements Destination {

    @Override
    public String name() {
      return "nowhere";
    }

    @Override
    public void send(EventBatch batch, Consumer<DeliveryOutcome> done) {
      done.accept(new DeliveryOutcome.Delivered());
    }

    @Override
    public void close() {}
  }
}
