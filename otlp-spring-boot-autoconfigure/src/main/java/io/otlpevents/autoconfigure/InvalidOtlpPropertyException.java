package io.otlpevents.autoconfigure;

import org.jspecify.annotations.Nullable;

/** A property below {@code otlp} whose value cannot work. Thrown while the application starts. */
public final class InvalidOtlpPropertyException extends RuntimeException {

  private final String property;
  private final @Nullable String value;
  private final String problem;
  private final String fix;

  /**
   * Creates the exception.
   *
   * @param property the property's full name
   * @param value its value; null where it must not be shown, because it may be a secret
   * @param problem what is wrong; continues a sentence that begins with the property
   * @param fix what to write instead, as a sentence
   */
  InvalidOtlpPropertyException(
      String property, @Nullable String value, String problem, String fix) {
    super("Property " + property + (value == null ? "" : "=" + value) + " " + problem + ". " + fix);
    this.property = property;
    this.value = value;
    this.problem = problem;
    this.fix = fix;
  }

  /**
   * Creates the exception with what led to it.
   *
   * @param cause never shown to people; the problem says what they need of it
   */
  InvalidOtlpPropertyException(
      String property, @Nullable String value, String problem, String fix, Throwable cause) {
    this(property, value, problem, fix);
    initCause(cause);
  }

  /** The property's full name. */
  public String getProperty() {
    return property;
  }

  /** The property's value, or null where it must not be shown. */
  public @Nullable String getValue() {
    return value;
  }

  /** What is wrong; continues a sentence that begins with the property. */
  public String getProblem() {
    return problem;
  }

  /** What to write instead, as a sentence. */
  public String getFix() {
    return fix;
  }
}
