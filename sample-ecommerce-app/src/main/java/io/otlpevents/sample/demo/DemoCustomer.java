package io.otlpevents.sample.demo;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.RestClient;

/**
 * Somebody who shops: looks around, fills a cart and pays. Knows the shop by its REST API only, and
 * counts the events that its requests must lead to. For one thread.
 */
final class DemoCustomer {

  private static final int PAYMENT_REQUIRED = 402;

  private final RestClient shop;
  private final SplittableRandom random;
  private final List<String> productIds;
  private final Map<String, Long> expectedEvents = new TreeMap<>();

  DemoCustomer(RestClient shop, long seed) {
    this.shop = shop;
    this.random = new SplittableRandom(seed);
    ProductView[] products =
        required(shop.get().uri("/products").retrieve().body(ProductView[].class));
    this.productIds = List.of(products).stream().map(ProductView::id).toList();
  }

  /** Places one order. */
  void shop() {
    String cartId = required(shop.post().uri("/carts").retrieve().body(CartView.class)).id();
    expect("cart.created");

    int looks = random.nextInt(1, 5);
    for (int look = 0; look < looks; look++) {
      String productId = productIds.get(random.nextInt(productIds.size()));
      shop.get().uri("/products/{id}", productId).retrieve().toBodilessEntity();
      expect("product.viewed");
      boolean lastLook = look == looks - 1;
      if (lastLook || random.nextInt(2) == 0) {
        add(cartId, productId, random.nextInt(1, 4));
      }
    }

    String method = List.of("card", "invoice", "wallet").get(random.nextInt(3));
    if (!pay(cartId, method)) {
      pay(cartId, "card");
    }
  }

  /** How many events of each name the shop must have emitted for this customer. */
  Map<String, Long> expectedEvents() {
    return expectedEvents;
  }

  private void add(String cartId, String productId, int quantity) {
    shop.post()
        .uri("/carts/{id}/items", cartId)
        .body(Map.of("productId", productId, "quantity", quantity))
        .retrieve()
        .toBodilessEntity();
    expect("cart.item.added");
  }

  /** Returns whether the payment was accepted. */
  private boolean pay(String cartId, String method) {
    HttpStatusCode status =
        shop.post()
            .uri("/carts/{id}/checkout", cartId)
            .body(Map.of("paymentMethod", method))
            .retrieve()
            .onStatus(answer -> answer.value() == PAYMENT_REQUIRED, (request, response) -> {})
            .toBodilessEntity()
            .getStatusCode();
    if (status.value() == PAYMENT_REQUIRED) {
      expect("payment.declined");
      return false;
    }
    expect("payment.authorized");
    expect("order.placed");
    expect("shipment.dispatched");
    return true;
  }

  private void expect(String eventName) {
    expectedEvents.merge(eventName, 1L, Long::sum);
  }

  private static <T> T required(@Nullable T body) {
    return Objects.requireNonNull(body, "The shop's answer has no body");
  }

  private record ProductView(String id) {}

  private record CartView(String id) {}
}
