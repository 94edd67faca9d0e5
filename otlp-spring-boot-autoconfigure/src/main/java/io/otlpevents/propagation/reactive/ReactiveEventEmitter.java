package io.otlpevents.propagation.reactive;

import io.opentelemetry.context.Scope;
import io.otlpevents.EmitResult;
import io.otlpevents.EventBuilder;
import io.otlpevents.EventEmitter;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * Emits events from Reactor's chains, with the span that Reactor's context has. Works in each of
 * Reactor's modes of context propagation; with the limited one, which is Spring Boot's default, the
 * span is not on the thread, and an event that is emitted in the ordinary way has none.
 *
 * <pre>{@code
 * return orders.save(order)
 *     .flatMap(saved -> events
 *         .emit("order.placed", event -> event.attribute("order.id", saved.id()))
 *         .thenReturn(saved));
 * }</pre>
 *
 * <p>Emits when it is subscribed to, once for each subscription. Never waits, because it runs on
 * threads that must not; where the journal is full, the result says so. Never fails.
 */
public final class ReactiveEventEmitter {

  private final EventEmitter emitter;

  /** Creates an emitter in front of another. */
  public ReactiveEventEmitter(EventEmitter emitter) {
    this.emitter = emitter;
  }

  /**
   * Emits an event.
   *
   * @param name the event's name, see {@link EventEmitter#event}
   * @param content sets attributes and the rest; must not emit. What it throws refuses the event as
   *     {@link EmitResult#ENCODING_FAILED}.
   */
  public Mono<EmitResult> emit(String name, Consumer<? super EventBuilder> content) {
    return Mono.deferContextual(
        view -> {
          try (Scope scope = ReactorTraceContext.makeCurrent(view)) {
            EventBuilder event = emitter.event(name);
            try {
              content.accept(event);
            } catch (RuntimeException e) {
              // Emitted without a name it would be counted as invalid; this event was never one.
              return Mono.just(EmitResult.ENCODING_FAILED);
            }
            return Mono.just(event.tryEmit());
          }
        });
  }
}
