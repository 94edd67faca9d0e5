package io.otlpevents.pipeline;

import java.util.Objects;

/**
 * How many of certain events are kept: a share of them, at most so many a second, or both. Events
 * of type {@link io.otlpevents.EventType#SECURITY_AUDIT} are always kept.
 *
 * <p>Of several rules whose pattern matches an event's name, the most specific one is applied and
 * no other: the exact name, then the longest prefix, then {@code *}.
 *
 * <p>The share is decided consistently: of a trace's events all are kept or none, as far as their
 * shares are the same, and a greater share keeps all that a smaller one does, in other processes
 * and in a Collector's probabilistic sampler too. Events without a span are decided each on its
 * own. What is kept carries these attributes, so that counts can be corrected:
 *
 * <ul>
 *   <li>{@value #RATIO}: the share of events that is kept, greater than 0 and less than 1; the
 *       event stands for 1 divided by it. Absent means 1.
 *   <li>{@value #THRESHOLD} and, unless it is the trace id's, {@value #RANDOMNESS}: the share as
 *       OpenTelemetry expresses it, without the part of the rate limit, which is not a matter of
 *       chance.
 * </ul>
 *
 * <p>The rate limit's part in the ratio is 1 divided by the number of events that came to the limit
 * since the last one it kept, this one included. The sum over the kept events of 1 divided by the
 * ratio is then exactly the number of events that came, but for those after the last kept one. All
 * event names that a pattern matches share its limit.
 *
 * @param pattern an event's name such as {@code order.placed}, a prefix such as {@code order.*}
 *     that matches all names starting with {@code order.}, or {@code *} for every name
 * @param ratio the share to keep, 0 (none) to 1 (all)
 * @param maxPerSecond how many events a second are kept at most, after the ratio: greater than 0
 *     and up to 1,000,000, or {@link Double#POSITIVE_INFINITY} for no limit. A second's worth of
 *     them, and at least one, may come at once.
 * @see <a
 *     href="https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/">OpenTelemetry
 *     probability sampling</a>
 * @see <a href="https://www.w3.org/TR/trace-context-2/#randomness-of-trace-id">W3C Trace Context
 *     level 2: randomness of trace-id</a>
 */
public record SamplingRule(String pattern, double ratio, double maxPerSecond) {

  /** The attribute with the share of events that is kept, a double. */
  public static final String RATIO = "otlpevents.sampling.ratio";

  /**
   * The attribute with OpenTelemetry's rejection threshold: 1 to 14 hexadecimal digits, trailing
   * zeros left out, of the 56-bit number below which randomness leads to rejection.
   */
  public static final String THRESHOLD = "sampling.threshold";

  /** The attribute with the randomness that was compared: 14 hexadecimal digits. */
  public static final String RANDOMNESS = "sampling.randomness";

  private static final double HIGHEST_RATE = 1_000_000;

  /** Checks the ranges. */
  public SamplingRule {
    Objects.requireNonNull(pattern, "pattern");
    int star = pattern.indexOf('*');
    require(
        !pattern.isEmpty()
            && (star < 0
                || star == pattern.length() - 1 && (star == 0 || pattern.charAt(star - 1) == '.')),
        "pattern must be a name, a prefix ending in '.*', or '*', but is '" + pattern + "'");
    require(ratio >= 0 && ratio <= 1, "ratio must be from 0 to 1, but is " + ratio);
    require(
        maxPerSecond > 0
            && (maxPerSecond <= HIGHEST_RATE || maxPerSecond == Double.POSITIVE_INFINITY),
        "maxPerSecond must be greater than 0 and at most 1,000,000, but is " + maxPerSecond);
  }

  /** Keeps this share of the events, 0 to 1. */
  public static SamplingRule ratio(String pattern, double ratio) {
    return new SamplingRule(pattern, ratio, Double.POSITIVE_INFINITY);
  }

  /** Keeps at most so many events a second. */
  public static SamplingRule maxPerSecond(String pattern, double maxPerSecond) {
    return new SamplingRule(pattern, 1, maxPerSecond);
  }

  /** The same with this limit too. */
  public SamplingRule withMaxPerSecond(double maxPerSecond) {
    return new SamplingRule(pattern, ratio, maxPerSecond);
  }

  boolean isPrefix() {
    return pattern.endsWith("*");
  }

  /** What names start with; empty for {@code *}. */
  String prefix() {
    return pattern.substring(0, pattern.length() - 1);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
