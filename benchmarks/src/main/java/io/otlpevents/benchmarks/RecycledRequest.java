package io.otlpevents.benchmarks;

import java.util.Enumeration;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.springframework.mock.web.MockHttpServletRequest;

/**
 * A request whose headers cost what they cost in a server: they are looked for line by line, and an
 * enumeration is all that is made. Servers use their requests again, and so is this one.
 */
final class RecycledRequest extends MockHttpServletRequest {

  private static final String[] LINES = {
    "host", "shop.example.com",
    "user-agent", "benchmark/1.0",
    "accept", "application/json",
    "accept-encoding", "gzip",
    "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "tracestate", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
    "baggage", "user.tier=gold",
    "content-length", "0"
  };

  RecycledRequest() {
    super("GET", "/orders");
  }

  /** Makes it a new one. */
  void recycle() {
    clearAttributes();
  }

  @Override
  public @Nullable String getHeader(String name) {
    int line = find(name, 0);
    return line < LINES.length ? LINES[line + 1] : null;
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return new Values(name);
  }

  private static int find(String name, int from) {
    int line = from;
    while (line < LINES.length && !LINES[line].equalsIgnoreCase(name)) {
      line += 2;
    }
    return line;
  }

  /** The values of one name. */
  private static final class Values implements Enumeration<String> {

    private final String name;
    private int next;

    Values(String name) {
      this.name = name;
      this.next = find(name, 0);
    }

    @Override
    public boolean hasMoreElements() {
      return next < LINES.length;
    }

    @Override
    public String nextElement() {
      if (!hasMoreElements()) {
        throw new NoSuchElementException();
      }
      String value = LINES[next + 1];
      next = find(name, next + 2);
      return value;
    }
  }
}
