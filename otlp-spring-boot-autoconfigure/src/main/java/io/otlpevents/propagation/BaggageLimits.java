package io.otlpevents.propagation;

/**
 * How much baggage is carried on. What is beyond is dropped, by whole members, from the end.
 *
 * @param maxMembers how many members, from 1; the W3C wants 64 at least, and once allowed 180
 * @param maxBytes how long the header may be, from 1; the W3C wants 8192 at least
 * @see <a href="https://www.w3.org/TR/baggage/#limits">W3C Baggage, limits</a>
 */
public record BaggageLimits(int maxMembers, int maxBytes) {

  /** Checks the ranges. */
  public BaggageLimits {
    if (maxMembers < 1 || maxBytes < 1) {
      throw new IllegalArgumentException("The limits of baggage begin at 1");
    }
  }

  /** 180 members, 8192 bytes. */
  public static BaggageLimits defaults() {
    return new BaggageLimits(180, 8192);
  }
}
