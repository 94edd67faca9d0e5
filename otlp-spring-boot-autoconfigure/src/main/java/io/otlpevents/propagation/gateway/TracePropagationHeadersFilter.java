package io.otlpevents.propagation.gateway;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.client.AllowedHosts;
import io.otlpevents.propagation.reactive.ReactorTraceContext;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import reactor.util.context.ContextView;

/**
 * Gives the trace context to requests that Spring Cloud Gateway on WebFlux passes on, in place of
 * the headers that it has copied.
 */
public final class TracePropagationHeadersFilter implements HttpHeadersFilter, Ordered {

  /** Behind the gateway's own tracing, which removes baggage. */
  public static final int ORDER = Ordered.LOWEST_PRECEDENCE;

  private final TracePropagation propagation;
  private final AllowedHosts hosts;

  /** Creates a filter for requests to these hosts. */
  public TracePropagationHeadersFilter(TracePropagation propagation, AllowedHosts hosts) {
    this.propagation = propagation;
    this.hosts = hosts;
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
    CopiedHeaders headers = CopiedHeaders.of(input, arrived(exchange)::getOrEmpty);
    boolean allowed = hosts.contains(host(exchange));
    // The gateway calls this outside of Reactor's context, but has kept that.
    ContextView view = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REACTOR_CONTEXT_ATTR);
    try (Scope scope = view == null ? Scope.noop() : ReactorTraceContext.makeCurrent(view)) {
      propagation.relay(Context.current(), headers, allowed);
    }
    return headers.leaving();
  }

  /** The headers before any filter of a route has changed them. */
  private static HttpHeaders arrived(ServerWebExchange exchange) {
    ServerWebExchange first = exchange;
    while (first instanceof ServerWebExchangeDecorator decorator) {
      first = decorator.getDelegate();
    }
    return first.getRequest().getHeaders();
  }

  private static @Nullable String host(ServerWebExchange exchange) {
    URI url = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR);
    return url == null ? null : url.getHost();
  }
}
