package io.otlpevents.propagation.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.otlpevents.EmitResult;
import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.Destination;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.pipeline.EventPipeline;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class ReactiveEventEmitterTests {

  private static final SpanContext SPAN =
      SpanContext.create(
          "0af7651916cd43dd8448eb211c80319c",
          "b7ad6b7169203331",
          TraceFlags.getSampled(),
          TraceState.getDefault());

  private final List<SpanContext> spans = new CopyOnWriteArrayList<>();
  private final EventPipeline pipeline =
      EventPipeline.builder()
          .destination(new Nowhere())
          .filter(event -> spans.add(event.spanContext()))
          .build();
  private final ReactiveEventEmitter events = new ReactiveEventEmitter(pipeline.emitter());

  @AfterEach
  void close() {
    assertThat(Context.current()).isSameAs(Context.root());
    pipeline.close();
  }

  @Test
  void emitsWithTheSpanOfEachSubscription() {
    Mono<EmitResult> mono = events.emit("a", event -> event.attribute("k", 1));
    assertThat(spans).isEmpty();
    Context context = Context.root().with(Span.wrap(SPAN));
    assertThat(mono.contextWrite(view -> view.put(ReactorTraceContext.KEY, context)).block())
        .isEqualTo(EmitResult.ACCEPTED);
    assertThat(mono.block()).isEqualTo(EmitResult.ACCEPTED);
    assertThat(spans).containsExactly(SPAN, SpanContext.getInvalid());
  }

  @Test
  void neverFails() {
    assertThat(
            events
                .emit(
                    "a",
                    event -> {
                      throw new IllegalStateException("in the content");
                    })
                .block())
        .isEqualTo(EmitResult.ENCODING_FAILED);
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
