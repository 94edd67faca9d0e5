package io.otlpevents.propagation.client;

import java.net.URI;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.http.client.reactive.ClientHttpResponse;
import reactor.core.publisher.Mono;

/**
 * Follows redirects in place of a client library, which would take the trace context along to every
 * host.
 */
public final class GuardedConnector implements ClientHttpConnector, DisposableBean {

  private final ClientHttpConnector delegate;
  private final EgressGuard guard;

  /**
   * Creates a connector.
   *
   * @param delegate does not follow redirects
   */
  public GuardedConnector(ClientHttpConnector delegate, EgressGuard guard) {
    this.delegate = delegate;
    this.guard = guard;
  }

  @Override
  public Mono<ClientHttpResponse> connect(
      HttpMethod method, URI uri, Function<? super ClientHttpRequest, Mono<Void>> callback) {
    return send(method, uri, callback, Redirect.MOST);
  }

  @Override
  public void destroy() throws Exception {
    if (delegate instanceof AutoCloseable closeable) {
      closeable.close();
    }
  }

  private Mono<ClientHttpResponse> send(
      HttpMethod method,
      URI uri,
      Function<? super ClientHttpRequest, Mono<Void>> callback,
      int redirectsLeft) {
    return delegate
        .connect(method, uri, callback)
        .flatMap(
            response -> {
              Redirect next =
                  redirectsLeft == 0
                      ? null
                      : Redirect.of(
                          uri, method, response.getStatusCode().value(), response.getHeaders());
              if (next == null) {
                return Mono.just(response);
              }
              // What was taken out of one request stays out of those that follow.
              Function<ClientHttpRequest, Mono<Void>> write =
                  request -> callback.apply(prepared(request, next));
              return response
                  .getBody()
                  .doOnNext(DataBufferUtils::release)
                  .then(
                      Mono.defer(() -> send(next.method(), next.uri(), write, redirectsLeft - 1)));
            });
  }

  private ClientHttpRequest prepared(ClientHttpRequest request, Redirect redirect) {
    request.beforeCommit(
        () ->
            Mono.fromRunnable(
                () -> {
                  redirect.prepare(request.getHeaders());
                  guard.removeContext(redirect.uri().getHost(), request.getHeaders());
                  if (!redirect.staysAtOrigin()) {
                    request.getCookies().clear();
                  }
                }));
    return redirect.keepsBody() ? request : new WithoutBody(request);
  }

  /** Writes the headers only. What is encoded for it lies on the heap and needs no release. */
  private static final class WithoutBody extends ClientHttpRequestDecorator {

    WithoutBody(ClientHttpRequest request) {
      super(request);
    }

    @Override
    public DataBufferFactory bufferFactory() {
      return DefaultDataBufferFactory.sharedInstance;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
      // A single buffer may have been made before it is asked for.
      return body instanceof Mono<? extends DataBuffer> one
          ? one.doOnNext(DataBufferUtils::release).then(Mono.defer(this::setComplete))
          : setComplete();
    }

    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
      return setComplete();
    }
  }
}
