package io.otlpevents.sample.shop;

import io.otlpevents.EventType;
import io.otlpevents.annotation.EmitEvent;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Service;

/** The orders that were placed. */
@Service
public class Orders {

  private final AtomicLong lastNumber = new AtomicLong();
  private final ConcurrentMap<String, Order> placed = new ConcurrentHashMap<>();

  /** An id that no other order has. */
  String nextId() {
    return "order-%06d".formatted(lastNumber.incrementAndGet());
  }

  /** Places an order that has been paid for. */
  @EmitEvent(
      value = "order.placed",
      type = EventType.USER_ACTION,
      attributes = {
        "order.id=#order.id",
        "order.total=#order.totalAmount",
        "currency=#order.currency",
        "cart.size=#order.items.size",
        "payment.method=#order.paymentMethod.code"
      })
  public void place(Order order) {
    placed.put(order.id(), order);
  }

  /** Looks an order up. */
  Order find(String orderId) {
    Order order = placed.get(orderId);
    if (order == null) {
      throw new NotFoundException("order", orderId);
    }
    return order;
  }
}
