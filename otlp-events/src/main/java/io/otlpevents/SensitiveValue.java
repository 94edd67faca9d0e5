package io.otlpevents;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value that must not leave the application in the clear. Can be given wherever an event takes a
 * value of any kind: as an attribute, as a payload, within a map or a list.
 *
 * <pre>{@code
 * emitter.event("card.charged").attribute("card.number", SensitiveValue.of(number, HASH)).emit();
 * }</pre>
 */
public final class SensitiveValue {

  private static final String MASK = "***";

  private final @Nullable Object value;
  private final Sensitivity sensitivity;

  private SensitiveValue(@Nullable Object value, Sensitivity sensitivity) {
    this.value = value;
    this.sensitivity = sensitivity;
  }

  /**
   * Marks a value as sensitive.
   *
   * @param value anything; null for none
   * @param sensitivity what is recorded instead
   */
  public static SensitiveValue of(@Nullable Object value, Sensitivity sensitivity) {
    return new SensitiveValue(value, Objects.requireNonNull(sensitivity, "sensitivity"));
  }

  /** The value in the clear; null for none. */
  public @Nullable Object reveal() {
    return value;
  }

  /** What is recorded instead. */
  public Sensitivity sensitivity() {
    return sensitivity;
  }

  /** Never the value. */
  @Override
  public String toString() {
    return MASK;
  }
}
