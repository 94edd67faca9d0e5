package io.otlpevents.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.logs.Severity;
import io.otlpevents.EventType;
import io.otlpevents.sample.shop.Cart;
import io.otlpevents.sample.shop.Carts;
import io.otlpevents.sample.shop.Checkout;
import io.otlpevents.sample.shop.Order;
import io.otlpevents.sample.shop.PaymentDeclinedException;
import io.otlpevents.sample.shop.PaymentMethod;
import io.otlpevents.test.EmittedEvents;
import io.otlpevents.test.RecordEvents;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

/** The events of the till, without a web server, a Collector or a port. */
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.NONE,
    properties = {"shop.demo.enabled=false", "otlp.console.enabled=false"})
@RecordEvents
class CheckoutEventsTests {

  @Autowired private Carts carts;
  @Autowired private Checkout checkout;

  @Test
  void anOrderIsTold(EmittedEvents events) {
    Order order = checkout.checkout(cartWith("bk-101", 2), PaymentMethod.CARD);

    assertThat(events)
        .inOrder("payment.authorized", "order.placed", "shipment.dispatched")
        .hasEvent("order.placed")
        .withType(EventType.USER_ACTION)
        .withAttribute("order.id", order.id())
        .withAttribute("order.total", 79.8)
        .withAttribute("payment.method", "card")
        .count(1)
        .never("payment.declined");
  }

  @Test
  void aDeclinedPaymentIsToldAndNothingIsOrdered(EmittedEvents events) {
    String cart = cartWith("kt-202", 1);

    assertThatThrownBy(() -> checkout.checkout(cart, PaymentMethod.INVOICE))
        .isInstanceOf(PaymentDeclinedException.class);

    assertThat(events)
        .hasEvent("payment.declined")
        .withSeverity(Severity.ERROR)
        .withAttribute("error.type", PaymentDeclinedException.class.getName())
        .never("order.placed");
  }

  private String cartWith(String productId, int quantity) {
    Cart cart = carts.create();
    carts.add(cart.id(), productId, quantity);
    return cart.id();
  }
}
