package io.otlpevents.propagation.client;

import io.opentelemetry.context.Context;
import io.otlpevents.propagation.TracePropagation;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adds the trace context to requests of the JDK's {@link java.net.http.HttpClient}, which has no
 * place to do so by itself.
 *
 * <pre>{@code
 * client.send(requests.withContext(request), BodyHandlers.ofString());
 * }</pre>
 *
 * <p>Safe for any number of threads.
 */
public final class JdkRequests {

  private final @Nullable TracePropagation propagation;
  private final AllowedHosts hosts;

  /** Creates a helper for requests to these hosts. */
  public JdkRequests(TracePropagation propagation, AllowedHosts hosts) {
    this.propagation = propagation;
    this.hosts = hosts;
  }

  private JdkRequests() {
    this.propagation = null;
    this.hosts = AllowedHosts.all();
  }

  /** A helper that adds nothing, for applications where propagation is off. */
  public static JdkRequests none() {
    return new JdkRequests();
  }

  /**
   * A request with the context that is current on this thread.
   *
   * @return the same request if nothing has to be added
   */
  public HttpRequest withContext(HttpRequest request) {
    return withContext(request, Context.current());
  }

  /** A request with a given context, for example one that was captured on another thread. */
  public HttpRequest withContext(HttpRequest request, Context context) {
    TracePropagation enabled = propagation;
    if (enabled == null || !hosts.contains(request.uri().getHost())) {
      return request;
    }
    Map<String, String> added = new LinkedHashMap<>();
    enabled.outgoingIfAbsent(
        context,
        added,
        (headers, key, value) -> {
          if (headers != null) {
            headers.put(key, value);
          }
        },
        (headers, key) -> request.headers().firstValue(key).isPresent());
    if (added.isEmpty()) {
      return request;
    }
    HttpRequest.Builder builder = HttpRequest.newBuilder(request, (name, value) -> true);
    added.forEach(builder::setHeader);
    return builder.build();
  }
}
