package io.otlpevents.sample.shop;

/** The request cannot be done in the present state. */
public class ConflictException extends RuntimeException {

  ConflictException(String message) {
    super(message);
  }
}
