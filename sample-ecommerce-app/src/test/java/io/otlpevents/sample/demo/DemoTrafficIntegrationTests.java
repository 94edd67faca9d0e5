package io.otlpevents.sample.demo;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.EventEmitter;
import io.otlpevents.console.OtlpReceiver;
import io.otlpevents.console.ReceivedEvent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    useMainMethod = SpringBootTest.UseMainMethod.ALWAYS,
    properties = {
      "shop.demo.orders=20",
      "shop.demo.rate=1000",
      "otlp.console.grpc-port=0",
      "otlp.console.http-port=0"
    })
class DemoTrafficIntegrationTests {

  private final DemoTraffic traffic;
  private final EventEmitter events;
  private final OtlpReceiver receiver;

  DemoTrafficIntegrationTests(
      @Autowired DemoTraffic traffic,
      @Autowired EventEmitter events,
      @Autowired OtlpReceiver receiver) {
    this.traffic = traffic;
    this.events = events;
    this.receiver = receiver;
  }

  @Test
  void everyEventOfTheTrafficArrivesWithASpanAndIsSummedUp(CapturedOutput output) throws Exception {
    Map<String, Long> emitted = traffic.end().get(30, TimeUnit.SECONDS);
    assertThat(events.flush(Duration.ofSeconds(10)).complete()).isTrue();

    Map<String, Long> arrived =
        receiver.events().stream().collect(groupingBy(ReceivedEvent::eventName, counting()));
    assertThat(arrived)
        .isEqualTo(emitted)
        .containsEntry("cart.created", 20L)
        .containsEntry("order.placed", 20L)
        .containsEntry("shipment.dispatched", 20L)
        .containsKeys("product.viewed", "cart.item.added", "payment.declined");
    assertThat(receiver.events())
        .allSatisfy(
            event -> {
              assertThat(event.traceId()).isNotEmpty();
              assertThat(event.spanId()).isNotEmpty();
            });
    assertThat(output)
        .contains("Events go to the embedded receiver")
        .contains("http://127.0.0.1:" + receiver.httpPort() + "/events?name=order.placed")
        .contains("Demo traffic is over: 20 orders")
        .containsPattern("order\\.placed +20 +20");
  }
}
