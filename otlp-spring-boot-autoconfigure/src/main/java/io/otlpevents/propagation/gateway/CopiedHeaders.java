package io.otlpevents.propagation.gateway;

import io.otlpevents.propagation.RelayedHeaders;
import java.util.List;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;

/**
 * Headers of a proxied request next to those that came in.
 *
 * @param arrived the values of a header that came in; empty if there are none
 * @param leaving what leaves
 */
record CopiedHeaders(Function<String, List<String>> arrived, HttpHeaders leaving)
    implements RelayedHeaders {

  /** A copy that may be changed. */
  static CopiedHeaders of(HttpHeaders headers, Function<String, List<String>> arrived) {
    HttpHeaders leaving = new HttpHeaders();
    leaving.putAll(headers);
    return new CopiedHeaders(arrived, leaving);
  }

  @Override
  public boolean isChanged(String name) {
    List<String> values = leaving.getOrEmpty(name);
    return !values.isEmpty() && !values.equals(arrived.apply(name));
  }

  @Override
  public void remove(String name) {
    leaving.remove(name);
  }

  @Override
  public void set(String name, String value) {
    leaving.set(name, value);
  }
}
