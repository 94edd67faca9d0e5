package io.otlpevents.aop;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EmitEvent.Outcome;
import io.otlpevents.aop.RecordingEmitter.Recorded;
import io.otlpevents.autoconfigure.OtlpEventsAutoConfiguration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class ReactiveResultTests {

  private static final String KEY = "test.otel";

  private final RecordingEmitter emitter = new RecordingEmitter();

  private void run(Consumer<Service> test) {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(AopAutoConfiguration.class, OtlpEventsAutoConfiguration.class))
        .withBean("recordingEmitter", RecordingEmitter.class, () -> emitter)
        .withBean(Service.class)
        .run(context -> test.accept(context.getBean(Service.class)));
  }

  @Test
  void emitsWhenAMonoCompletesAndNotBefore() {
    run(
        service -> {
          Sinks.One<String> sink = Sinks.one();
          Mono<String> mono = service.mono("a", sink.asMono());
          assertThat(emitter.events).isEmpty();
          StepVerifier.create(mono)
              .then(() -> assertThat(emitter.events).isEmpty())
              .then(() -> sink.tryEmitValue("done"))
              .expectNext("done")
              .verifyComplete();
          assertThat(emitter.single().attributes)
              .containsEntry("argument", "a")
              .containsEntry("r", "done");
          assertThat(emitter.single().epochNanos).isPositive();
        });
  }

  @Test
  void emitsOnceForEachSubscription() {
    run(
        service -> {
          Flux<Integer> flux = service.flux(Flux.range(0, 3));
          StepVerifier.create(flux).expectNext(0, 1, 2).verifyComplete();
          StepVerifier.create(flux).expectNext(0, 1, 2).verifyComplete();
          assertThat(emitter.events).hasSize(2);
          Mono<String> empty = service.mono("a", Mono.empty());
          StepVerifier.create(empty).verifyComplete();
          assertThat(emitter.events).hasSize(3);
          assertThat(emitter.events.get(2).attributes).doesNotContainKey("r");
        });
  }

  @Test
  void emitsAFailure() {
    run(
        service -> {
          IllegalStateException failure = new IllegalStateException("no");
          StepVerifier.create(service.mono("a", Mono.error(failure))).verifyErrorMessage("no");
          StepVerifier.create(service.flux(Flux.just(1).concatWith(Mono.error(failure))))
              .expectNext(1)
              .verifyErrorMessage("no");
          assertThat(emitter.events).extracting(e -> e.exception).containsExactly(failure, failure);
          assertThat(emitter.events.get(0).severity).isEqualTo(Severity.ERROR);
        });
  }

  @Test
  void emitsACancellation() {
    run(
        service -> {
          Disposable subscription = service.mono("a", Mono.never()).subscribe();
          subscription.dispose();
          Recorded event = emitter.single();
          assertThat(event.exception).isInstanceOf(CancellationException.class);
          assertThat(event.severity).isEqualTo(Severity.WARN);
          StepVerifier.create(service.flux(Flux.range(0, 10)).take(2))
              .expectNext(0, 1)
              .verifyComplete();
          assertThat(emitter.events).hasSize(2);
          assertThat(emitter.events.get(1).exception).isInstanceOf(CancellationException.class);
        });
  }

  @Test
  void aMonoThatIsCancelledAfterItsValueHasSucceeded() {
    run(
        service -> {
          Flux.from(service.mono("a", Mono.just("x"))).take(1).blockLast();
          assertThat(emitter.single().exception).isNull();
        });
  }

  @Test
  void leavesDemandAndContextAlone() {
    run(
        service -> {
          List<Long> requested = new ArrayList<>();
          TestPublisher<Integer> publisher = TestPublisher.create();
          Flux<Integer> flux = service.flux(publisher.flux().doOnRequest(requested::add));
          StepVerifier.create(flux, 0)
              .thenRequest(2)
              .then(() -> publisher.next(1, 2))
              .expectNext(1, 2)
              .thenRequest(3)
              .then(() -> publisher.next(3).complete())
              .expectNext(3)
              .verifyComplete();
          assertThat(requested).containsExactly(2L, 3L);
          Mono<String> contextual = Mono.deferContextual(view -> Mono.just(view.get("user")));
          StepVerifier.create(service.mono("a", contextual).contextWrite(c -> c.put("user", "ann")))
              .expectNext("ann")
              .verifyComplete();
        });
  }

  @Test
  void takesTheSpanFromTheSubscribersContext() {
    Deque<Scope> scopes = new ArrayDeque<>();
    ContextRegistry.getInstance().registerThreadLocalAccessor(new OpenTelemetryAccessor(scopes));
    try {
      run(
          service -> {
            Mono<String> mono = service.mono("a", Mono.just("x"));
            mono.contextWrite(c -> c.put(KEY, Context.root().with(span("1")))).block();
            mono.contextWrite(c -> c.put(KEY, Context.root().with(span("2")))).block();
            assertThat(emitter.events)
                .extracting(ReactiveResultTests::spanId)
                .containsExactly("0000000000000001", "0000000000000002");
            assertThat(Span.current().getSpanContext().isValid()).isFalse();
          });
    } finally {
      ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
    }
  }

  @Test
  void takesTheSpanOfTheCallWhereTheSubscriptionHasNone() {
    run(
        service -> {
          Mono<String> mono;
          try (Scope scope = Context.root().with(span("3")).makeCurrent()) {
            mono = service.mono("a", Mono.just("x"));
          }
          mono.block();
          assertThat(spanId(emitter.single())).isEqualTo("0000000000000003");
        });
  }

  @Test
  void seesPublishersOfOtherKinds() {
    run(
        service -> {
          StepVerifier.create(service.publisher(Flux.just("x"))).expectNext("x").verifyComplete();
          assertThat(emitter.events).hasSize(1);
          assertThat(service.object("plain")).isEqualTo("plain");
          assertThat(emitter.events).hasSize(2);
          Mono<?> hidden = (Mono<?>) service.object(Mono.just("x"));
          assertThat(emitter.events).hasSize(2);
          hidden.block();
          assertThat(emitter.events).hasSize(3);
        });
  }

  private static Span span(String id) {
    return Span.wrap(
        SpanContext.create(
            "0af7651916cd43dd8448eb211c80319c",
            "0".repeat(15) + id,
            TraceFlags.getSampled(),
            TraceState.getDefault()));
  }

  private static @Nullable String spanId(Recorded event) {
    Context context = event.context;
    return context == null ? null : Span.fromContext(context).getSpanContext().getSpanId();
  }

  private record OpenTelemetryAccessor(Deque<Scope> scopes)
      implements ThreadLocalAccessor<Context> {

    @Override
    public Object key() {
      return KEY;
    }

    @Override
    public @Nullable Context getValue() {
      return Context.current() == Context.root() ? null : Context.current();
    }

    @Override
    public void setValue(Context value) {
      scopes.push(value.makeCurrent());
    }

    @Override
    public void setValue() {
      scopes.push(Context.root().makeCurrent());
    }

    @Override
    public void restore(Context previous) {
      scopes.pop().close();
    }

    @Override
    public void restore() {
      scopes.pop().close();
    }
  }

  static class Service {

    @EmitEvent(
        value = "mono",
        on = Outcome.COMPLETION,
        attributes = {"argument=#argument", "r=#result"})
    Mono<String> mono(String argument, Mono<String> result) {
      return result;
    }

    @EmitEvent(value = "flux", on = Outcome.COMPLETION)
    Flux<Integer> flux(Flux<Integer> result) {
      return result;
    }

    @EmitEvent("publisher")
    Publisher<String> publisher(Publisher<String> result) {
      return result;
    }

    @EmitEvent("object")
    Object object(Object result) {
      return result;
    }
  }
}
