package io.otlpevents.propagation.client;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.reactive.ReactorTraceContext;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Adds the trace context to requests of WebClient that do not have one. */
public final class TracePropagationExchangeFilter implements ExchangeFilterFunction {

  private final TracePropagation propagation;
  private final AllowedHosts hosts;

  /** Creates a filter for requests to these hosts. */
  public TracePropagationExchangeFilter(TracePropagation propagation, AllowedHosts hosts) {
    this.propagation = propagation;
    this.hosts = hosts;
  }

  @Override
  public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
    if (!hosts.contains(request.url().getHost())) {
      return next.exchange(request);
    }
    return Mono.deferContextual(view -> next.exchange(withContext(request, view)));
  }

  private ClientRequest withContext(ClientRequest request, ContextView view) {
    HttpHeaders added = new HttpHeaders();
    try (Scope scope = ReactorTraceContext.makeCurrent(view)) {
      propagation.outgoingIfAbsent(
          Context.current(),
          added,
          SpringHeaders.SETTER,
          (headers, key) -> request.headers().containsHeader(key));
    }
    return added.isEmpty()
        ? request
        : ClientRequest.from(request).headers(headers -> headers.putAll(added)).build();
  }
}
