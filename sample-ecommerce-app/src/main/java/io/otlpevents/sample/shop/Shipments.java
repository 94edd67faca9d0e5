package io.otlpevents.sample.shop;

import io.otlpevents.EventEmitter;
import io.otlpevents.EventType;
import java.util.Map;
import org.springframework.stereotype.Service;

/** Sends orders to their customers. */
@Service
public class Shipments {

  private final EventEmitter events;

  Shipments(EventEmitter events) {
    this.events = events;
  }

  /** Hands an order to the carrier. Here the event is emitted by hand, with what is known now. */
  public void dispatch(Order order) {
    Map<String, Object> shipment =
        Map.of(
            "carrier", Map.of("name", "parcelpost", "service", "standard"),
            "parcels", order.items().size());

    events
        .event("shipment.dispatched")
        .type(EventType.BUSINESS_PROCESS)
        .attribute("order.id", order.id())
        .attribute("shipment.id", "shp-" + order.id())
        .payload(Map.of("shipment", shipment))
        .body("Order " + order.id() + " is on its way")
        .emit();
  }
}
