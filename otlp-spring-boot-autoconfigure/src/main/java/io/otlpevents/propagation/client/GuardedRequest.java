package io.otlpevents.propagation.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;

/** A request that is sent again to where the responses lead. For one thread. */
final class GuardedRequest implements ClientHttpRequest, StreamingHttpOutputMessage {

  private final ClientHttpRequestFactory factory;
  private final EgressGuard guard;
  private final URI uri;
  private final HttpMethod method;
  private final HttpHeaders headers = new HttpHeaders();
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private @Nullable Body body;
  private @Nullable ByteArrayOutputStream written;

  GuardedRequest(ClientHttpRequestFactory factory, EgressGuard guard, URI uri, HttpMethod method) {
    this.factory = factory;
    this.guard = guard;
    this.uri = uri;
    this.method = method;
  }

  @Override
  public HttpMethod getMethod() {
    return method;
  }

  @Override
  public URI getURI() {
    return uri;
  }

  @Override
  public Map<String, Object> getAttributes() {
    return attributes;
  }

  @Override
  public HttpHeaders getHeaders() {
    return headers;
  }

  @Override
  public void setBody(Body body) {
    this.body = body;
  }

  @Override
  public OutputStream getBody() {
    ByteArrayOutputStream stream = written;
    if (stream == null) {
      stream = new ByteArrayOutputStream();
      written = stream;
    }
    return stream;
  }

  @Override
  public ClientHttpResponse execute() throws IOException {
    HttpHeaders sent = new HttpHeaders();
    sent.putAll(headers);
    ClientHttpResponse response = send(uri, method, sent, true);
    URI from = uri;
    HttpMethod with = method;
    boolean hasBody = true;
    for (int i = 0; i < Redirect.MOST; i++) {
      Redirect next =
          Redirect.of(from, with, response.getStatusCode().value(), response.getHeaders());
      if (next == null || hasBody && next.keepsBody() && !isRepeatable()) {
        return response;
      }
      response.close();
      next.prepare(sent);
      guard.removeContext(next.uri().getHost(), sent);
      from = next.uri();
      with = next.method();
      hasBody &= next.keepsBody();
      response = send(from, with, sent, hasBody);
    }
    return response;
  }

  private boolean isRepeatable() {
    Body given = body;
    return given == null || given.repeatable();
  }

  private ClientHttpResponse send(URI to, HttpMethod with, HttpHeaders sent, boolean withBody)
      throws IOException {
    ClientHttpRequest request = factory.createRequest(to, with);
    request.getHeaders().putAll(sent);
    request.getAttributes().putAll(attributes);
    Body given = body;
    ByteArrayOutputStream bytes = written;
    if (withBody && given != null) {
      if (request instanceof StreamingHttpOutputMessage streaming) {
        streaming.setBody(given);
      } else {
        given.writeTo(request.getBody());
      }
    } else if (withBody && bytes != null) {
      bytes.writeTo(request.getBody());
    }
    return request.execute();
  }
}
