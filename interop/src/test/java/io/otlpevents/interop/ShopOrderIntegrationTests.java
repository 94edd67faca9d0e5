package io.otlpevents.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.proto.common.v1.KeyValue;
import io.otlpevents.interop.CollectorProcess.Security;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;

/**
 * An order goes through REST, Kafka, REST and Kafka, in four processes. In the real Collector's
 * output its events are one trace.
 */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ShopOrderIntegrationTests {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String NO_TRACERS =
      "spring.autoconfigure.exclude="
          + String.join(
              ",",
              "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration");

  @TempDir Path directory;

  @ParameterizedTest(name = "{0}, a trace arrives: {1}")
  @CsvSource({"forward,true", "participate,false", "tracer,false", "tracer,true"})
  void isOneTrace(String mode, boolean arrives) throws Exception {
    CollectorBinary.require();
    EmbeddedKafkaKraftBroker broker = new EmbeddedKafkaKraftBroker(1, 1, "orders", "shipments");
    broker.brokerProperty("group.initial.rebalance.delay.ms", "0");
    broker.brokerProperty("offsets.topic.num.partitions", "1");
    broker.afterPropertiesSet();
    CollectorProcess collector = CollectorProcess.stopped(directory);
    collector.start();
    List<ServiceProcess> services = new ArrayList<>();
    try {
      List<String> common = new ArrayList<>();
      common.add("otlp.endpoint=" + collector.grpcEndpoint(Security.NONE));
      common.add("spring.kafka.bootstrap-servers=" + broker.getBrokersAsString());
      common.add("spring.kafka.consumer.auto-offset-reset=earliest");
      if (!mode.equals("tracer")) {
        common.add(NO_TRACERS);
        common.add("otlp.propagation.mode=" + mode);
      }
      ServiceProcess stock = service(services, "stock", common, null);
      ServiceProcess storefront = service(services, "storefront", common, null);
      service(services, "shipping", common, null);
      service(services, "payment", common, "stock=http://127.0.0.1:" + stock.port());
      services.forEach(ServiceProcess::port);

      HttpRequest.Builder order =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + storefront.port() + "/orders"))
              .POST(HttpRequest.BodyPublishers.noBody());
      if (arrives) {
        order.header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");
      }
      assertThat(
              HttpClient.newHttpClient()
                  .send(order.build(), HttpResponse.BodyHandlers.discarding())
                  .statusCode())
          .isEqualTo(200);

      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(100))
          .untilAsserted(
              () ->
                  assertThat(eventsByService(collector.records()))
                      .as(
                          () ->
                              String.join(
                                  "\n", services.stream().map(ServiceProcess::log).toList()))
                      .isEqualTo(
                          Map.of(
                              "storefront", "order.placed",
                              "payment", "order.paid",
                              "stock", "order.reserved",
                              "shipping", "order.shipped")));
      List<String> traces =
          collector.records().stream()
              .map(event -> HexFormat.of().formatHex(event.record().getTraceId().toByteArray()))
              .distinct()
              .toList();
      assertThat(traces).singleElement().asString().matches("[0-9a-f]{32}");
      if (arrives) {
        assertThat(traces).containsExactly(TRACE);
      }
      long spans =
          collector.records().stream()
              .map(event -> HexFormat.of().formatHex(event.record().getSpanId().toByteArray()))
              .distinct()
              .count();
      // Where nobody makes spans, all events name the one that came in.
      assertThat(spans).isEqualTo(mode.equals("forward") ? 1 : 4);
    } finally {
      services.forEach(ServiceProcess::close);
      collector.close();
      broker.destroy();
    }
  }

  private static ServiceProcess service(
      List<ServiceProcess> services, String name, List<String> common, @Nullable String more)
      throws Exception {
    List<String> properties = new ArrayList<>(common);
    if (more != null) {
      properties.add(more);
    }
    ServiceProcess service = new ServiceProcess(name, properties);
    services.add(service);
    return service;
  }

  private static Map<String, String> eventsByService(List<ReceivedEvent> events) {
    Map<String, String> found = new TreeMap<>();
    for (ReceivedEvent event : events) {
      String service =
          event.resource().getAttributesList().stream()
              .filter(attribute -> attribute.getKey().equals("service.name"))
              .map(KeyValue::getValue)
              .findFirst()
              .orElseThrow()
              .getStringValue();
      found.merge(service, event.record().getEventName(), (a, b) -> a + "," + b);
    }
    return found;
  }
}
