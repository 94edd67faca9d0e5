package io.otlpevents.propagation.client;

import io.opentelemetry.context.Context;
import io.otlpevents.propagation.TracePropagation;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/** Adds the trace context to requests of RestClient and RestTemplate that do not have one. */
public final class TracePropagationInterceptor implements ClientHttpRequestInterceptor {

  private final TracePropagation propagation;
  private final AllowedHosts hosts;

  /** Creates an interceptor for requests to these hosts. */
  public TracePropagationInterceptor(TracePropagation propagation, AllowedHosts hosts) {
    this.propagation = propagation;
    this.hosts = hosts;
  }

  @Override
  public ClientHttpResponse intercept(
      HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
    addContext(request);
    return execution.execute(request, body);
  }

  /**
   * Adds the trace context of this thread to a request that is about to be sent. For RestClient's
   * {@code httpRequest}: an interceptor would have it hold each body in memory as a whole.
   */
  public void addContext(HttpRequest request) {
    if (hosts.contains(request.getURI().getHost())) {
      propagation.outgoingIfAbsent(
          Context.current(),
          request.getHeaders(),
          SpringHeaders.SETTER,
          HttpHeaders::containsHeader);
    }
  }
}
