package io.otlpevents.compatibility;

import io.otlpevents.annotation.EmitEvent;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Emits an event for each request and answers which span it saw. */
@SpringBootApplication
public class ShopApplication {

  /** Sends itself a request and prints the answer, where nobody else can. */
  public static void main(String[] args) throws Exception {
    try (ConfigurableApplicationContext context =
        SpringApplication.run(ShopApplication.class, args)) {
      System.out.println("saw " + Requests.order(context));
    }
  }

  /** What is ordered. */
  @RestController
  static class Orders {

    private final OrderService service;
    private final BeanFactory beans;

    Orders(OrderService service, BeanFactory beans) {
      this.service = service;
      this.beans = beans;
    }

    @GetMapping("/order")
    String order() {
      service.place("o-1");
      LoggerFactory.getLogger(ShopApplication.class).warn("a line of the log");
      return CurrentSpan.of(beans);
    }
  }

  /** Emits. */
  @Service
  static class OrderService {

    @EmitEvent(value = "order.placed", attributes = "order.id=#id")
    public String place(String id) {
      return id;
    }
  }
}
