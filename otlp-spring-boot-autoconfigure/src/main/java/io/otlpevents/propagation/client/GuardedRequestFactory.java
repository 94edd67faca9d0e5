package io.otlpevents.propagation.client;

import java.net.URI;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Follows redirects in place of a client library, which would take the trace context along to every
 * host.
 */
public final class GuardedRequestFactory implements ClientHttpRequestFactory, DisposableBean {

  private final ClientHttpRequestFactory delegate;
  private final EgressGuard guard;

  /**
   * Creates a factory.
   *
   * @param delegate does not follow redirects
   */
  public GuardedRequestFactory(ClientHttpRequestFactory delegate, EgressGuard guard) {
    this.delegate = delegate;
    this.guard = guard;
  }

  @Override
  public ClientHttpRequest createRequest(URI uri, HttpMethod method) {
    return new GuardedRequest(delegate, guard, uri, method);
  }

  @Override
  public void destroy() throws Exception {
    if (delegate instanceof DisposableBean disposable) {
      disposable.destroy();
    } else if (delegate instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }
}
