package io.otlpevents.propagation;

/** The headers of a request that leaves, as a gateway has copied them from one that came in. */
public interface RelayedHeaders {

  /**
   * Whether a header has another value than the one that came in, because somebody has set it on
   * the way.
   *
   * @return false if the header is not there
   */
  boolean isChanged(String name);

  /** Removes a header. */
  void remove(String name);

  /** Sets a header, in place of what is there. */
  void set(String name, String value);
}
