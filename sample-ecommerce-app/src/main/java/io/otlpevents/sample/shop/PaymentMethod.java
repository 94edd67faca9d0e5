package io.otlpevents.sample.shop;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How a customer pays. */
public enum PaymentMethod {
  CARD,
  INVOICE,
  WALLET;

  /** The name in requests, answers and events: lower case. */
  @JsonValue
  public String getCode() {
    return name().toLowerCase(Locale.ROOT);
  }
}
