package io.otlpevents.compatibility.gateway;

/** Headers of somebody who traces. */
final class Traces {

  static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  static final String PARENT = "00f067aa0ba902b7";
  static final String TRACEPARENT = "00-" + TRACE + "-" + PARENT + "-01";
  static final String TRACESTATE = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE";
  static final String BAGGAGE = "user.tier=gold;p=1,region=eu%20west";

  /** Of another trace. */
  static final String OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  static final String[] ALL = {
    "traceparent: " + TRACEPARENT, "tracestate: " + TRACESTATE, "baggage: " + BAGGAGE
  };

  private Traces() {}
}
