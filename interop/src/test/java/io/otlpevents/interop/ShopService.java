package io.otlpevents.interop;

import io.otlpevents.EventEmitter;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** One of the shop's services, each a process of its own. What users would write, not more. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({
  ShopService.Storefront.class,
  ShopService.Payment.class,
  ShopService.Stock.class,
  ShopService.Shipping.class
})
class ShopService {

  /** What the process says when it is ready, with the port behind it. */
  static final String READY = "listening on ";

  public static void main(String[] args) {
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(ShopService.class).run(args);
    System.out.println(
        READY
            + Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                .getPort());
  }

  /** Takes orders. */
  @RestController
  @ConditionalOnProperty(name = "spring.application.name", havingValue = "storefront")
  static class Storefront {

    private final EventEmitter events;
    private final KafkaTemplate<String, String> kafka;

    Storefront(EventEmitter events, KafkaTemplate<String, String> kafka) {
      this.events = events;
      this.kafka = kafka;
    }

    @PostMapping("/orders")
    void place() {
      events.event("order.placed").emit();
      kafka.send("orders", "4711").join();
    }
  }

  /** Reserves what has been ordered. */
  @ConditionalOnProperty(name = "spring.application.name", havingValue = "payment")
  static class Payment {

    private final EventEmitter events;
    private final RestClient stock;

    Payment(
        EventEmitter events,
        RestClient.Builder rest,
        @Value("${stock:http://nowhere}") String url) {
      this.events = events;
      this.stock = rest.baseUrl(url).build();
    }

    @KafkaListener(topics = "orders", groupId = "payment")
    void on(String order) {
      events.event("order.paid").emit();
      stock.post().uri("/reservations").retrieve().toBodilessEntity();
    }
  }

  /** Knows what there is. */
  @RestController
  @ConditionalOnProperty(name = "spring.application.name", havingValue = "stock")
  static class Stock {

    private final EventEmitter events;
    private final KafkaTemplate<String, String> kafka;

    Stock(EventEmitter events, KafkaTemplate<String, String> kafka) {
      this.events = events;
      this.kafka = kafka;
    }

    @PostMapping("/reservations")
    void reserve() {
      events.event("order.reserved").emit();
      kafka.send("shipments", "4711").join();
    }
  }

  /** Sends what has been paid. */
  @ConditionalOnProperty(name = "spring.application.name", havingValue = "shipping")
  static class Shipping {

    private final EventEmitter events;

    Shipping(EventEmitter events) {
      this.events = events;
    }

    @KafkaListener(topics = "shipments", groupId = "shipping")
    void on(String order) {
      events.event("order.shipped").emit();
    }
  }
}
