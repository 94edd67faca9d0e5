package io.otlpevents.sample.shop;

/** The payment provider refuses to pay. */
public class PaymentDeclinedException extends RuntimeException {

  PaymentDeclinedException(String message) {
    super(message);
  }
}
