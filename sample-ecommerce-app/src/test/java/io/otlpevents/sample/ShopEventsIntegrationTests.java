package io.otlpevents.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.otlpevents.EventEmitter;
import io.otlpevents.console.OtlpReceiver;
import io.otlpevents.console.ReceivedEvent;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.client.RestTestClient;

@ShopTest
class ShopEventsIntegrationTests {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String PARENT_SPAN_ID = "00f067aa0ba902b7";

  private final OtlpReceiver receiver;
  private final EventEmitter events;
  private final RestTestClient shop;

  ShopEventsIntegrationTests(
      @Autowired OtlpReceiver receiver, @Autowired EventEmitter events, @LocalServerPort int port) {
    this.receiver = receiver;
    this.events = events;
    this.shop = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
  }

  @BeforeEach
  void forgetEarlierEvents() {
    assertThat(events.flush(TIMEOUT).complete()).isTrue();
    receiver.clear();
  }

  @Test
  void anOrderIsOneEventPerStepEachWithTheTraceOfItsRequest() {
    get("/products/bk-101", 1);
    String cartId = id(post("/carts", Map.of(), 2, HttpStatus.CREATED));
    post("/carts/" + cartId + "/items", item("bk-101", 2), 3, HttpStatus.OK);
    post("/carts/" + cartId + "/items", item("kt-201", 1), 4, HttpStatus.OK);
    String orderId = id(post("/carts/" + cartId + "/checkout", pay("card"), 5, HttpStatus.CREATED));
    get("/orders/" + orderId, 6);

    List<ReceivedEvent> arrived = allEvents();

    assertThat(arrived)
        .extracting(ReceivedEvent::eventName, ReceivedEvent::traceId)
        .containsExactly(
            tuple("product.viewed", traceId(1)),
            tuple("cart.created", traceId(2)),
            tuple("cart.item.added", traceId(3)),
            tuple("cart.item.added", traceId(4)),
            tuple("payment.authorized", traceId(5)),
            tuple("order.placed", traceId(5)),
            tuple("shipment.dispatched", traceId(5)));
    assertThat(arrived)
        .allSatisfy(
            event -> {
              assertThat(event.spanId()).isNotEmpty().isNotEqualTo(PARENT_SPAN_ID);
              assertThat(event.time()).isPresent();
              assertThat(event.logRecord().getSeverityNumber())
                  .isEqualTo(SeverityNumber.SEVERITY_NUMBER_INFO);
            });
    assertThat(arrived.get(5).spanId()).isEqualTo(arrived.get(6).spanId());

    assertThat(attributes(arrived.get(0)))
        .contains(
            entry("product.id", "bk-101"),
            entry("product.category", "books"),
            entry("otlpevents.type", "user_action"));
    assertThat(attributes(arrived.get(1))).contains(entry("cart.id", cartId));
    assertThat(attributes(arrived.get(3)))
        .contains(
            entry("cart.id", cartId),
            entry("product.id", "kt-201"),
            entry("cart.item.quantity", 1L),
            entry("cart.size", 2L));
    assertThat(attributes(arrived.get(4)))
        .contains(
            entry("order.id", orderId),
            entry("payment.id", "pay-" + orderId),
            entry("payment.method", "card"),
            entry("otlpevents.type", "business_process"));
    assertThat(attributes(arrived.get(5)))
        .contains(
            entry("order.id", orderId),
            entry("order.total", 138.8),
            entry("currency", "EUR"),
            entry("cart.size", 2L),
            entry("payment.method", "card"),
            entry("otlpevents.type", "user_action"));
    assertThat(attributes(arrived.get(6)))
        .contains(
            entry("order.id", orderId),
            entry("shipment.id", "shp-" + orderId),
            entry("shipment.carrier.name", "parcelpost"),
            entry("shipment.carrier.service", "standard"),
            entry("shipment.parcels", 2L));
    assertThat(arrived.get(6).logRecord().getBody().getStringValue())
        .isEqualTo("Order " + orderId + " is on its way");
  }

  @Test
  void aDeclinedPaymentIsAFailureAndTheCartCanBePaidAgain() {
    String cartId = id(post("/carts", Map.of(), 1, HttpStatus.CREATED));
    post("/carts/" + cartId + "/items", item("kt-202", 1), 2, HttpStatus.OK);
    post("/carts/" + cartId + "/checkout", pay("invoice"), 3, HttpStatus.PAYMENT_REQUIRED);
    post("/carts/" + cartId + "/checkout", pay("wallet"), 4, HttpStatus.CREATED);

    List<ReceivedEvent> arrived = allEvents();

    assertThat(arrived)
        .extracting(ReceivedEvent::eventName)
        .containsExactly(
            "cart.created",
            "cart.item.added",
            "payment.declined",
            "payment.authorized",
            "order.placed",
            "shipment.dispatched");
    ReceivedEvent declined = arrived.get(2);
    assertThat(declined.traceId()).isEqualTo(traceId(3));
    assertThat(declined.logRecord().getSeverityNumber())
        .isEqualTo(SeverityNumber.SEVERITY_NUMBER_ERROR);
    assertThat(attributes(declined))
        .contains(
            entry("error.type", "io.otlpevents.sample.shop.PaymentDeclinedException"),
            entry("payment.method", "invoice"))
        .containsKey("order.id");
  }

  @Test
  void whatDoesNotHappenIsNoEvent() {
    exchange("/products/unknown", null, 1, HttpStatus.NOT_FOUND);
    post("/carts/unknown/items", item("bk-101", 1), 2, HttpStatus.NOT_FOUND);
    String cartId = id(post("/carts", Map.of(), 3, HttpStatus.CREATED));
    post("/carts/" + cartId + "/items", item("bk-101", 0), 4, HttpStatus.BAD_REQUEST);
    post("/carts/" + cartId + "/checkout", pay("card"), 5, HttpStatus.CONFLICT);

    assertThat(allEvents()).extracting(ReceivedEvent::eventName).containsExactly("cart.created");
  }

  /**
   * The events in the order they happened; requests under way at the same time may overtake each
   * other. An event is emitted before its request is answered, so after a flush all are there.
   */
  private List<ReceivedEvent> allEvents() {
    assertThat(events.flush(TIMEOUT).complete()).isTrue();
    return receiver.events().stream()
        .sorted(Comparator.comparing(event -> event.time().orElseThrow()))
        .toList();
  }

  private void get(String path, int trace) {
    exchange(path, null, trace, HttpStatus.OK);
  }

  private Map<?, ?> post(String path, Map<String, ?> body, int trace, HttpStatus expected) {
    return exchange(path, body, trace, expected);
  }

  private Map<?, ?> exchange(
      String path, @Nullable Map<String, ?> body, int trace, HttpStatus expected) {
    // The last two digits say that the span is not sampled; events do not depend on it.
    String traceparent = "00-" + traceId(trace) + "-" + PARENT_SPAN_ID + "-00";
    RestTestClient.RequestHeadersSpec<?> request =
        body == null ? shop.get().uri(path) : shop.post().uri(path).body(body);
    return Objects.requireNonNull(
        request
            .header("traceparent", traceparent)
            .exchange()
            .expectStatus()
            .isEqualTo(expected)
            .expectBody(Map.class)
            .returnResult()
            .getResponseBody());
  }

  private static String traceId(int number) {
    return "4bf92f3577b34da6a3ce929d0e0e47%02d".formatted(number);
  }

  private static String id(Map<?, ?> answer) {
    return (String) Objects.requireNonNull(answer.get("id"));
  }

  private static Map<String, ?> item(String productId, int quantity) {
    return Map.of("productId", productId, "quantity", quantity);
  }

  private static Map<String, ?> pay(String method) {
    return Map.of("paymentMethod", method);
  }

  private static Map<String, Object> attributes(ReceivedEvent event) {
    Map<String, Object> attributes = new TreeMap<>();
    for (KeyValue attribute : event.logRecord().getAttributesList()) {
      AnyValue value = attribute.getValue();
      attributes.put(
          attribute.getKey(),
          switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case INT_VALUE -> value.getIntValue();
            case DOUBLE_VALUE -> value.getDoubleValue();
            case BOOL_VALUE -> value.getBoolValue();
            default -> value;
          });
    }
    return attributes;
  }
}
