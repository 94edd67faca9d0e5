package io.otlpevents.pipeline;

import io.opentelemetry.api.logs.Severity;
import java.util.Objects;

/**
 * Thins out less important events as the journal fills, so that room is left for the others while a
 * destination is slow or down. Off unless set.
 *
 * <p>Up to the low-water mark every event is kept; from there the share that is kept falls evenly
 * to the floor at the high-water mark, and stays there. It multiplies with the ratio of a {@link
 * SamplingRule} and is decided and recorded in the same way. Never concerns events of type {@link
 * io.otlpevents.EventType#SECURITY_AUDIT}.
 *
 * @param lowWaterMark how full the journal is when thinning out starts, as a share of its budget: 0
 *     to less than {@code highWaterMark}; 0.5 by default
 * @param highWaterMark how full it is when the floor is reached, at most 1; 0.9 by default
 * @param floor the smallest share that is kept, 0 to 1; 0.01 by default
 * @param keepFrom events of this severity and above are not concerned; {@link Severity#WARN} by
 *     default
 */
public record AdaptiveSampling(
    double lowWaterMark, double highWaterMark, double floor, Severity keepFrom) {

  /** Checks the ranges. */
  public AdaptiveSampling {
    Objects.requireNonNull(keepFrom, "keepFrom");
    require(
        lowWaterMark >= 0 && lowWaterMark < highWaterMark && highWaterMark <= 1,
        "water marks must be 0 <= lowWaterMark < highWaterMark <= 1, but are "
            + lowWaterMark
            + " and "
            + highWaterMark);
    require(floor >= 0 && floor <= 1, "floor must be from 0 to 1, but is " + floor);
  }

  /** From 50 % full, down to 1 % of the events below WARN when 90 % full. */
  public static AdaptiveSampling defaults() {
    return new AdaptiveSampling(0.5, 0.9, 0.01, Severity.WARN);
  }

  /** The share to keep, 0 to 1, when the journal is so full. */
  double share(double fill) {
    if (fill <= lowWaterMark) {
      return 1;
    }
    if (fill >= highWaterMark) {
      return floor;
    }
    return 1 - (1 - floor) * (fill - lowWaterMark) / (highWaterMark - lowWaterMark);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
