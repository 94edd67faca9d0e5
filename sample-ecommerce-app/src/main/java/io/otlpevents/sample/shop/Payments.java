package io.otlpevents.sample.shop;

import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EventAttribute;
import java.math.BigDecimal;
import org.springframework.stereotype.Service;

/** Takes the money. Whoever pays, and with which card, is no attribute of any event. */
@Service
public class Payments {

  private final PaymentProvider provider;

  Payments(PaymentProvider provider) {
    this.provider = provider;
  }

  /**
   * Charges the customer. The event tells the failure: its severity is {@code ERROR} and {@code
   * error.type} names the exception.
   */
  @EmitEvent(
      value = "payment.declined",
      on = EmitEvent.Outcome.FAILURE,
      attributes = "payment.method=#method.code")
  public String charge(
      @EventAttribute("order.id") String orderId, BigDecimal amount, PaymentMethod method) {
    return provider.authorize(orderId, amount, method);
  }
}
