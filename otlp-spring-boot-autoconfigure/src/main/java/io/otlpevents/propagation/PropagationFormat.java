package io.otlpevents.propagation;

import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.extension.trace.propagation.B3Propagator;

/** The headers that carry a trace. */
public enum PropagationFormat {

  /** {@code traceparent} and {@code tracestate} of the W3C. */
  W3C,

  /** {@code baggage} of the W3C. */
  BAGGAGE,

  /** The one header {@code b3} of Zipkin; both forms of B3 are read. */
  B3,

  /** The headers {@code X-B3-…} of Zipkin; both forms of B3 are read. */
  B3MULTI;

  /**
   * The propagator of this format.
   *
   * @throws NoClassDefFoundError if this is a form of B3 and {@code
   *     io.opentelemetry:opentelemetry-extension-trace-propagators} is missing
   */
  public TextMapPropagator propagator(BaggageLimits limits) {
    return switch (this) {
      case W3C -> W3cTraceContextPropagator.getInstance();
      case BAGGAGE -> new W3cBaggagePropagator(limits);
      case B3 -> Zipkin.single();
      case B3MULTI -> Zipkin.multiple();
    };
  }

  /** Keeps the optional library apart. */
  private static final class Zipkin {

    static TextMapPropagator single() {
      return B3Propagator.injectingSingleHeader();
    }

    static TextMapPropagator multiple() {
      return B3Propagator.injectingMultiHeaders();
    }
  }
}
