package io.otlpevents.sample.shop;

import org.springframework.stereotype.Service;

/** Turns a cart into an order: payment, order, shipment. Each step tells its own event. */
@Service
public class Checkout {

  private static final String CURRENCY = "EUR";

  private final Carts carts;
  private final Payments payments;
  private final Orders orders;
  private final Shipments shipments;

  Checkout(Carts carts, Payments payments, Orders orders, Shipments shipments) {
    this.carts = carts;
    this.payments = payments;
    this.orders = orders;
    this.shipments = shipments;
  }

  /**
   * Checks a cart out.
   *
   * @throws PaymentDeclinedException if the payment is refused; the cart stays as it was
   */
  public Order checkout(String cartId, PaymentMethod method) {
    Cart cart = carts.take(cartId);
    Order order;
    try {
      if (cart.items().isEmpty()) {
        throw new ConflictException("The cart is empty.");
      }
      String orderId = orders.nextId();
      String paymentId = payments.charge(orderId, cart.total(), method);
      order = new Order(orderId, cart.items(), cart.total(), CURRENCY, method, paymentId);
    } catch (RuntimeException notPaid) {
      carts.giveBack(cart);
      throw notPaid;
    }
    orders.place(order);
    shipments.dispatch(order);
    return order;
  }
}
