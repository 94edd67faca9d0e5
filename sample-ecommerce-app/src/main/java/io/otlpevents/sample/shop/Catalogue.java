package io.otlpevents.sample.shop;

import io.otlpevents.EventType;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EventAttribute;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;

/** What the shop sells. */
@Service
public class Catalogue {

  private final List<Product> products =
      List.of(
          new Product("bk-101", "Practical Observability", "books", new BigDecimal("39.90")),
          new Product("bk-102", "The Art of Tea", "books", new BigDecimal("24.50")),
          new Product("kt-201", "Tea Kettle", "kitchen", new BigDecimal("59.00")),
          new Product("kt-202", "Espresso Machine", "kitchen", new BigDecimal("649.00")),
          new Product("gd-301", "Watering Can", "garden", new BigDecimal("18.75")),
          new Product("gd-302", "Lawn Mower", "garden", new BigDecimal("389.00")));

  private final Map<String, Product> byId =
      products.stream().collect(Collectors.toMap(Product::id, Function.identity()));

  /** All products. */
  public List<Product> list() {
    return products;
  }

  /** Shows a product to a customer. */
  @EmitEvent(
      value = "product.viewed",
      type = EventType.USER_ACTION,
      attributes = "product.category=#result.category")
  public Product view(@EventAttribute("product.id") String productId) {
    return find(productId);
  }

  /** Looks a product up; this is nobody's business, so it is no event. */
  Product find(String productId) {
    Product product = byId.get(productId);
    if (product == null) {
      throw new NotFoundException("product", productId);
    }
    return product;
  }
}
