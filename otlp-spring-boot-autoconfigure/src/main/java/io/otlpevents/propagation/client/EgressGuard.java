package io.otlpevents.propagation.client;

import io.otlpevents.propagation.TracePropagation;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** Keeps the trace context from hosts that it is not sent to, also where a redirect leads there. */
public final class EgressGuard {

  private final TracePropagation propagation;
  private final AllowedHosts hosts;

  /** Creates a guard for these hosts. */
  public EgressGuard(TracePropagation propagation, AllowedHosts hosts) {
    this.propagation = propagation;
    this.hosts = hosts;
  }

  /** Whether there are hosts that the context is not sent to. */
  public boolean isNeeded() {
    return hosts.isLimited();
  }

  /** Removes the context from what goes to such a host; a tracer's own is left to the tracer. */
  void removeContext(@Nullable String host, HttpHeaders headers) {
    if (!hosts.contains(host) && propagation.alone()) {
      propagation.fields().forEach(headers::remove);
    }
  }
}
