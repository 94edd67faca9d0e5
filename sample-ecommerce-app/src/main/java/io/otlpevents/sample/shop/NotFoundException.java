package io.otlpevents.sample.shop;

/** There is no such product, cart or order. */
public class NotFoundException extends RuntimeException {

  NotFoundException(String what, String id) {
    super("There is no " + what + " " + id + ".");
  }
}
