package io.otlpevents.sample.shop;

import io.otlpevents.EventType;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EventAttribute;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.stereotype.Service;

/** The carts that are open. */
@Service
public class Carts {

  /** How many lines a cart may have. */
  static final int MAX_ITEMS = 50;

  private final Catalogue catalogue;
  private final ConcurrentMap<String, Cart> open = new ConcurrentHashMap<>();

  Carts(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** Opens an empty cart. */
  @EmitEvent(
      value = "cart.created",
      type = EventType.USER_ACTION,
      attributes = "cart.id=#result.id")
  public Cart create() {
    Cart cart = new Cart(UUID.randomUUID().toString(), List.of());
    open.put(cart.id(), cart);
    return cart;
  }

  /** Puts a product into a cart. */
  @EmitEvent(
      value = "cart.item.added",
      type = EventType.USER_ACTION,
      attributes = "cart.size=#result.items.size")
  public Cart add(
      @EventAttribute("cart.id") String cartId,
      @EventAttribute("product.id") String productId,
      @EventAttribute("cart.item.quantity") int quantity) {
    Product product = catalogue.find(productId);
    Cart changed =
        open.computeIfPresent(
            cartId,
            (id, cart) -> {
              if (cart.items().size() == MAX_ITEMS) {
                throw new ConflictException("The cart holds no more than " + MAX_ITEMS + " lines.");
              }
              return cart.with(new Cart.Item(productId, quantity, product.price()));
            });
    if (changed == null) {
      throw new NotFoundException("cart", cartId);
    }
    return changed;
  }

  /** Takes a cart to the till; of two that try, one succeeds. */
  Cart take(String cartId) {
    Cart cart = open.remove(cartId);
    if (cart == null) {
      throw new NotFoundException("cart", cartId);
    }
    return cart;
  }

  /** Gives a cart back to its customer. */
  void giveBack(Cart cart) {
    open.put(cart.id(), cart);
  }
}
