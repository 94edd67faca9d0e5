package io.otlpevents.sample.shop;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** A customer's cart; each change makes a new one. */
public record Cart(String id, List<Item> items) {

  /** One line of a cart. */
  public record Item(String productId, int quantity, BigDecimal price) {}

  /** Copies the items. */
  public Cart {
    items = List.copyOf(items);
  }

  /** This cart with one more line. */
  Cart with(Item item) {
    List<Item> more = new ArrayList<>(items);
    more.add(item);
    return new Cart(id, more);
  }

  /** What it costs. */
  public BigDecimal total() {
    return items.stream()
        .map(item -> item.price().multiply(BigDecimal.valueOf(item.quantity())))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
