package io.otlpevents.sample.shop;

import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EventAttribute;
import java.math.BigDecimal;
import org.springframework.stereotype.Component;

/** Stands in for the company that takes the money. */
@Component
public class PaymentProvider {

  /** Orders above this are not sold on invoice. */
  static final BigDecimal INVOICE_LIMIT = new BigDecimal("200.00");

  /**
   * Reserves an amount.
   *
   * @return the payment's id
   * @throws PaymentDeclinedException if the provider refuses; then there is no event of this name
   */
  @EmitEvent(
      value = "payment.authorized",
      attributes = {"payment.id=#result", "payment.method=#method.code"})
  public String authorize(
      @EventAttribute("order.id") String orderId, BigDecimal amount, PaymentMethod method) {
    if (method == PaymentMethod.INVOICE && amount.compareTo(INVOICE_LIMIT) > 0) {
      throw new PaymentDeclinedException("Not sold on invoice above " + INVOICE_LIMIT + ".");
    }
    return "pay-" + orderId;
  }
}
