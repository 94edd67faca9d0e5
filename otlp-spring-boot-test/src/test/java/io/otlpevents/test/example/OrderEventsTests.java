package io.otlpevents.test.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.EventEmitter;
import io.otlpevents.annotation.BusinessEvent;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EventAttribute;
import io.otlpevents.test.EmittedEvents;
import io.otlpevents.test.RecordEvents;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

@SpringBootTest(classes = OrderEventsTests.Shop.class)
@RecordEvents
class OrderEventsTests {

  @Test
  void anOrderIsTold(EmittedEvents events, @Autowired Orders orders) {
    orders.place("o-1", 3);

    assertThat(events)
        .hasEvent("order.placed")
        .withAttribute("order.id", "o-1")
        .withAttribute("order.items", 3)
        .count(1)
        .never("order.cancelled");
  }

  @Test
  void aParcelIsToldLater(EmittedEvents events, @Autowired Orders orders) {
    orders.place("o-2", 1);
    orders.shipInBackground("o-2");

    assertThat(events)
        .await(Duration.ofSeconds(5))
        .hasEvent("parcel.sent")
        .withAttribute("order_id", "o-2")
        .inOrder("order.placed", "parcel.sent");
  }

  @SpringBootApplication
  @Import(Orders.class)
  static class Shop {}

  static class Orders {

    private final EventEmitter emitter;

    Orders(EventEmitter emitter) {
      this.emitter = emitter;
    }

    @EmitEvent("order.placed")
    public void place(
        @EventAttribute("order.id") String id, @EventAttribute("order.items") int items) {}

    void shipInBackground(String id) {
      CompletableFuture.runAsync(() -> emitter.emit(new ParcelSent(id, 2)));
    }
  }

  @BusinessEvent("parcel.sent")
  record ParcelSent(String orderId, int parcelCount) {}
}
