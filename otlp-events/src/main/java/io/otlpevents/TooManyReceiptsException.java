package io.otlpevents;

/**
 * A receipt cannot be followed, for the engine follows as many as it may already. The event itself
 * is not affected.
 */
public final class TooManyReceiptsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * Creates an exception.
   *
   * @param limit how many are followed at once
   */
  public TooManyReceiptsException(int limit) {
    super("more than " + limit + " receipts are waited for; the event was emitted all the same");
  }
}
