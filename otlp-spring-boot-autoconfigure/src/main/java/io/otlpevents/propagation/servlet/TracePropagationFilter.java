package io.otlpevents.propagation.servlet;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.otlpevents.propagation.TracePropagation;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the trace context of a request current while it is handled: in its first dispatch, and
 * again in asynchronous and error dispatches, which may run on other threads. Does nothing where a
 * span is current already. Whatever happens below, the thread gets back what was current before.
 */
public final class TracePropagationFilter implements Filter {

  /** Behind the filters of tracers, which are at the highest precedence plus one. */
  public static final int ORDER = Integer.MIN_VALUE + 10;

  private static final String ATTRIBUTE = TracePropagationFilter.class.getName() + ".context";
  private static final TextMapGetter<HttpServletRequest> GETTER = new Getter();

  private final TracePropagation propagation;

  /** Creates a filter. */
  public TracePropagationFilter(TracePropagation propagation) {
    this.propagation = propagation;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    Context context = request instanceof HttpServletRequest http ? contextOf(http) : null;
    if (context == null) {
      chain.doFilter(request, response);
      return;
    }
    try (Scope scope = context.makeCurrent()) {
      chain.doFilter(request, response);
    }
  }

  /** What to make current; null for nothing. */
  private @Nullable Context contextOf(HttpServletRequest request) {
    Context current = Context.current();
    boolean hasSpan = Span.fromContext(current).getSpanContext().isValid();
    if (request.getAttribute(ATTRIBUTE) instanceof Context earlier) {
      // A later dispatch. A tracer that has opened its span again knows better.
      return hasSpan ? null : earlier;
    }
    if (hasSpan) {
      // Tracers do not open their spans again for the error page, but events there belong to them.
      request.setAttribute(ATTRIBUTE, current);
      return null;
    }
    Context arrived = propagation.incoming(current, request, GETTER);
    if (arrived != null) {
      request.setAttribute(ATTRIBUTE, arrived);
    }
    return arrived;
  }

  /** Names of headers have no case in servlets. */
  private static final class Getter implements TextMapGetter<HttpServletRequest> {

    @Override
    public Iterable<String> keys(HttpServletRequest request) {
      return Collections.list(request.getHeaderNames());
    }

    @Override
    public @Nullable String get(@Nullable HttpServletRequest request, String name) {
      return request == null ? null : request.getHeader(name);
    }

    @Override
    public Iterator<String> getAll(@Nullable HttpServletRequest request, String name) {
      Enumeration<String> values = request == null ? null : request.getHeaders(name);
      return values == null ? Collections.emptyIterator() : values.asIterator();
    }
  }
}
