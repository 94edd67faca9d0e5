package io.otlpevents;

/** What is recorded instead of a sensitive value. */
public enum Sensitivity {
  /** {@code ***}, whatever the value is. */
  MASK,
  /**
   * The HMAC-SHA-256 of the value's text, so that equal values can be correlated. Needs the secret
   * of the engine's redaction; without one the value is masked.
   */
  HASH,
  /** Nothing. Where something has to stand, as in a list, {@code ***}. */
  DROP
}
