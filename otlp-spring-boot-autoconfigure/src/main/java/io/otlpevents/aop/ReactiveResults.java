package io.otlpevents.aop;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Emits events when publishers end, once for each subscription. Only loaded where Reactor is
 * present. Signals, demand and the subscriber's context pass unchanged.
 */
final class ReactiveResults {

  private ReactiveResults() {}

  static boolean adapts(Class<?> type) {
    return adapter(type) != null;
  }

  static boolean isMany(Class<?> type) {
    ReactiveAdapter adapter = adapter(type);
    return adapter != null && adapter.isMultiValue();
  }

  static boolean mayBeOf(Class<?> type) {
    return type.isAssignableFrom(Mono.class) || type.isAssignableFrom(Flux.class);
  }

  private static @Nullable ReactiveAdapter adapter(Class<?> type) {
    return type == Object.class
        ? null
        : ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
  }

  /** What the caller gets instead of this result; null if it is no publisher. */
  static @Nullable Object observe(Object result, Call call, EmitEventPlan[] events) {
    if (result instanceof Mono<?> mono) {
      return mono(mono, call, events);
    }
    if (result instanceof Flux<?> flux) {
      return flux(flux, call, events);
    }
    ReactiveAdapter adapter = adapter(result.getClass());
    if (adapter == null) {
      return null;
    }
    Publisher<?> publisher = adapter.toPublisher(result);
    return adapter.fromPublisher(
        adapter.isMultiValue()
            ? flux(Flux.from(publisher), call, events)
            : mono(Mono.from(publisher), call, events));
  }

  private static <T> Mono<T> mono(Mono<T> source, Call call, EmitEventPlan[] events) {
    return Mono.deferContextual(
        view -> {
          Ending ending =
              new Ending(call.subscribed(SubscriptionContext.of(view, call), view), events);
          return source
              .doOnSuccess(ending::returned)
              .doOnError(ending::failed)
              .doOnCancel(ending::cancelled);
        });
  }

  private static <T> Flux<T> flux(Flux<T> source, Call call, EmitEventPlan[] events) {
    return Flux.deferContextual(
        view -> {
          Ending ending =
              new Ending(call.subscribed(SubscriptionContext.of(view, call), view), events);
          return source
              .doOnComplete(() -> ending.returned(null))
              .doOnError(ending::failed)
              .doOnCancel(ending::cancelled);
        });
  }

  /** The end of one subscription, whichever signal comes first. */
  private static final class Ending {

    private final Call call;
    private final EmitEventPlan[] events;
    private final AtomicBoolean ended = new AtomicBoolean();

    Ending(Call call, EmitEventPlan[] events) {
      this.call = call;
      this.events = events;
    }

    void returned(@Nullable Object value) {
      if (ended.compareAndSet(false, true)) {
        MethodPlan.emit(events, call.returned(value));
      }
    }

    void failed(Throwable failure) {
      if (ended.compareAndSet(false, true)) {
        MethodPlan.emit(events, call.failed(failure));
      }
    }

    void cancelled() {
      failed(new CancellationException("The subscription was cancelled"));
    }
  }
}
