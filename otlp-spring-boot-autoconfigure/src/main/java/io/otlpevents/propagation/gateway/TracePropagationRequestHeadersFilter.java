package io.otlpevents.propagation.gateway;

import io.opentelemetry.context.Context;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.client.AllowedHosts;
import java.net.URI;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.server.mvc.common.MvcUtils;
import org.springframework.cloud.gateway.server.mvc.filter.HttpHeadersFilter.RequestHttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.servlet.function.ServerRequest;

/**
 * Gives the trace context to requests that Spring Cloud Gateway on servlets passes on, in place of
 * the headers that it has copied. The client that it sends them with finds them there.
 */
public final class TracePropagationRequestHeadersFilter
    implements RequestHttpHeadersFilter, Ordered {

  /** Behind the gateway's own. */
  public static final int ORDER = Ordered.LOWEST_PRECEDENCE - 10;

  private final TracePropagation propagation;
  private final AllowedHosts hosts;

  /** Creates a filter for requests to these hosts. */
  public TracePropagationRequestHeadersFilter(TracePropagation propagation, AllowedHosts hosts) {
    this.propagation = propagation;
    this.hosts = hosts;
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public HttpHeaders apply(HttpHeaders input, ServerRequest request) {
    CopiedHeaders headers =
        CopiedHeaders.of(
            input, name -> Collections.list(request.servletRequest().getHeaders(name)));
    propagation.relay(Context.current(), headers, hosts.contains(host(request)));
    return headers.leaving();
  }

  private static @Nullable String host(ServerRequest request) {
    return request
        .attribute(MvcUtils.GATEWAY_REQUEST_URL_ATTR)
        .map(url -> ((URI) url).getHost())
        .orElse(null);
  }
}
