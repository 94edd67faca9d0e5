package io.otlpevents.sample.shop;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The shop's REST API. */
@RestController
class ShopController {

  private final Catalogue catalogue;
  private final Carts carts;
  private final Checkout checkout;
  private final Orders orders;

  ShopController(Catalogue catalogue, Carts carts, Checkout checkout, Orders orders) {
    this.catalogue = catalogue;
    this.carts = carts;
    this.checkout = checkout;
    this.orders = orders;
  }

  @GetMapping("/products")
  List<Product> products() {
    return catalogue.list();
  }

  @GetMapping("/products/{id}")
  Product product(@PathVariable String id) {
    return catalogue.view(id);
  }

  @PostMapping("/carts")
  ResponseEntity<Cart> createCart() {
    Cart cart = carts.create();
    return ResponseEntity.created(URI.create("/carts/" + cart.id())).body(cart);
  }

  @PostMapping("/carts/{id}/items")
  Cart addItem(@PathVariable String id, @Valid @RequestBody ItemRequest item) {
    return carts.add(id, item.productId(), item.quantity());
  }

  @PostMapping("/carts/{id}/checkout")
  ResponseEntity<Order> checkout(
      @PathVariable String id, @Valid @RequestBody CheckoutRequest request) {
    Order order = checkout.checkout(id, request.paymentMethod());
    return ResponseEntity.created(URI.create("/orders/" + order.id())).body(order);
  }

  @GetMapping("/orders/{id}")
  Order order(@PathVariable String id) {
    return orders.find(id);
  }

  record ItemRequest(@NotBlank @Size(max = 64) String productId, @Min(1) @Max(100) int quantity) {}

  record CheckoutRequest(@NotNull PaymentMethod paymentMethod) {}
}
