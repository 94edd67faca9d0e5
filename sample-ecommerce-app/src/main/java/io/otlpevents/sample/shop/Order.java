package io.otlpevents.sample.shop;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.math.BigDecimal;
import java.util.List;

/** What a customer bought. */
public record Order(
    String id,
    List<Cart.Item> items,
    BigDecimal total,
    String currency,
    PaymentMethod paymentMethod,
    String paymentId) {

  /** Copies the items. */
  public Order {
    items = List.copyOf(items);
  }

  /** The total for events: a number, which a back end can add up; a decimal would become text. */
  @JsonIgnore
  public double getTotalAmount() {
    return total.doubleValue();
  }
}
