package io.otlpevents.propagation.reactive;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.otlpevents.propagation.TracePropagation;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Puts the trace context of a request into Reactor's context. Does nothing where a span is there
 * already.
 */
public final class TracePropagationWebFilter implements WebFilter, Ordered {

  /** Behind the filters of tracers. */
  public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

  private static final TextMapGetter<HttpHeaders> GETTER = new Getter();

  private final TracePropagation propagation;

  /** Creates a filter. */
  public TracePropagationWebFilter(TracePropagation propagation) {
    this.propagation = propagation;
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return Mono.deferContextual(
        view -> {
          Context arrived = arrived(view, exchange.getRequest().getHeaders());
          Mono<Void> rest = chain.filter(exchange);
          return arrived == null
              ? rest
              : rest.contextWrite(context -> context.put(ReactorTraceContext.KEY, arrived));
        });
  }

  private @Nullable Context arrived(ContextView view, HttpHeaders headers) {
    try (Scope scope = ReactorTraceContext.makeCurrent(view)) {
      return propagation.incoming(headers, GETTER);
    }
  }

  /** Names have no case in Spring's headers. */
  private static final class Getter implements TextMapGetter<HttpHeaders> {

    @Override
    public Iterable<String> keys(HttpHeaders headers) {
      return headers.headerNames();
    }

    @Override
    public @Nullable String get(@Nullable HttpHeaders headers, String name) {
      return headers == null ? null : headers.getFirst(name);
    }

    @Override
    public Iterator<String> getAll(@Nullable HttpHeaders headers, String name) {
      List<String> values = headers == null ? null : headers.get(name);
      return values == null ? List.<String>of().iterator() : values.iterator();
    }
  }
}
