package io.otlpevents.autoconfigure;

import io.otlpevents.propagation.BaggageLimits;
import io.otlpevents.propagation.PropagationFormat;
import io.otlpevents.propagation.PropagationMode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties below {@code otlp.propagation}. Immutable; values that cannot work are refused
 * with an {@link InvalidOtlpPropertyException} when the application starts.
 *
 * @param enabled Whether the trace context is carried from requests that come in to requests that
 *     leave. Where the application has a tracer, the tracer decides.
 * @param mode What becomes of a trace in an application without a tracer: forward carries it on
 *     unchanged, participate gives each outgoing request a parent id of its own and begins a trace
 *     where none came in.
 * @param formats The headers of an application without a tracer, in the order of precedence: w3c,
 *     baggage, b3, b3multi. Unless set, what OTEL_PROPAGATORS says, otherwise w3c and baggage.
 * @param strict Whether trace headers are checked by the rules of W3C Trace Context Level 2 before
 *     the application's tracer reads them. Without a tracer they always are.
 * @param sampledRatio How many of the traces that begin in an application without a tracer are
 *     marked as sampled, from 0 to 1. Only with the mode participate.
 * @param baggage Baggage of an application without a tracer.
 * @param egress Requests that leave.
 */
@ConfigurationProperties("otlp.propagation")
public record PropagationProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue("forward") PropagationMode mode,
    @Nullable List<PropagationFormat> formats,
    @DefaultValue("false") boolean strict,
    @DefaultValue("0.1") double sampledRatio,
    @DefaultValue Baggage baggage,
    @DefaultValue Egress egress) {

  /** Checks the ranges. */
  public PropagationProperties {
    if (!(sampledRatio >= 0 && sampledRatio <= 1)) {
      throw new InvalidOtlpPropertyException(
          "otlp.propagation.sampled-ratio",
          Double.toString(sampledRatio),
          "is not between 0 and 1",
          "Write for example 0.1 for one trace in ten.");
    }
    formats = formats == null ? null : List.copyOf(formats);
  }

  /**
   * Baggage.
   *
   * @param maxMembers How many members of incoming baggage are carried on.
   * @param maxSize How long the header may be that is carried on; whole members are dropped from
   *     its end.
   */
  public record Baggage(
      @DefaultValue("180") int maxMembers, @DefaultValue("8KB") DataSize maxSize) {

    private static final DataSize LARGEST = DataSize.ofKilobytes(64);

    /** Checks the ranges. */
    public Baggage {
      if (maxMembers < 1 || maxMembers > 10_000) {
        throw new InvalidOtlpPropertyException(
            "otlp.propagation.baggage.max-members",
            Integer.toString(maxMembers),
            "is not between 1 and 10000",
            "Leave baggage out of otlp.propagation.formats to carry none.");
      }
      if (maxSize.toBytes() < 1 || maxSize.compareTo(LARGEST) > 0) {
        throw new InvalidOtlpPropertyException(
            "otlp.propagation.baggage.max-size",
            maxSize.toString(),
            "is not between 1B and 64KB",
            "Servers refuse requests with larger headers; 8KB is what the W3C asks for.");
      }
    }

    BaggageLimits limits() {
      return new BaggageLimits(maxMembers, Math.toIntExact(maxSize.toBytes()));
    }
  }

  /**
   * Requests that leave.
   *
   * @param allowedHosts The hosts that trace headers and baggage are sent to by this library, for
   *     example api.example.com, or *.example.com for all below it. Unless set, all. Redirects to
   *     other hosts are followed without them, and a gateway does not pass them on to other hosts.
   *     A tracer of the application is not limited by this.
   */
  public record Egress(@Nullable List<String> allowedHosts) {

    /** Copies the list. */
    public Egress {
      allowedHosts = allowedHosts == null ? null : List.copyOf(allowedHosts);
    }
  }
}
