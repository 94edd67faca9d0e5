package io.otlpevents.compatibility.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.otlpevents.propagation.TracePropagation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What leaves a gateway, looked at where it arrives. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class GatewayContract {

  /** Takes Spring Boot's tracer out. */
  private static final String ALONE =
      "spring.autoconfigure.exclude="
          + String.join(
              ",",
              "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration");

  private static final String TRACER = "management.tracing.sampling.probability=1.0";
  private static final String PARTICIPATE = "otlp.propagation.mode=participate";
  private static final String ONLY_LOCALHOST = "otlp.propagation.egress.allowed-hosts=localhost";

  private final Map<List<String>, Gateway> gateways = new ConcurrentHashMap<>();

  /** The prefix of the gateway's properties. */
  protected abstract String prefix();

  /** Switches off what the gateway does itself so that its requests belong to a trace. */
  protected abstract List<String> withoutOwnTracing();

  @AfterAll
  final void stopGateways() throws IOException {
    for (Gateway gateway : gateways.values()) {
      gateway.close();
    }
  }

  /** A gateway with these properties; those with the same share one. */
  private Gateway gateway(String... properties) throws IOException {
    List<String> key = List.of(properties);
    Gateway gateway = gateways.get(key);
    if (gateway == null) {
      gateway = new Gateway(prefix(), key);
      gateways.put(key, gateway);
    }
    gateway.downstream.clear();
    if (gateway.hasBean(SdkTracerProvider.class)) {
      gateway.bean(InMemorySpanExporter.class).reset();
    }
    return gateway;
  }

  @Test
  final void forwardLeavesTheTraceAsItIs() throws IOException {
    Gateway gateway = gateway(ALONE);
    assertThat(gateway.bean(TracePropagation.class).alone()).isTrue();
    gateway.get("/plain", Traces.ALL);
    assertLeft(gateway, 0, "traceparent", Traces.TRACEPARENT);
    assertLeft(gateway, 0, "tracestate", Traces.TRACESTATE);
    assertLeft(gateway, 0, "baggage", Traces.BAGGAGE);
    assertThat(gateway.downstream.count()).isEqualTo(1);
  }

  @Test
  final void forwardBeginsNoTrace() throws IOException {
    Gateway gateway = gateway(ALONE);
    gateway.get("/plain", "baggage: " + Traces.BAGGAGE);
    assertThat(gateway.downstream.header(0, "traceparent")).isEmpty();
    assertThat(gateway.downstream.header(0, "tracestate")).isEmpty();
    assertLeft(gateway, 0, "baggage", Traces.BAGGAGE);
  }

  @Test
  final void whatIsInvalidDoesNotLeave() throws IOException {
    Gateway gateway = gateway(ALONE);
    gateway.get(
        "/plain",
        "traceparent: " + Traces.TRACEPARENT,
        "traceparent: " + Traces.OTHER,
        "tracestate: " + Traces.TRACESTATE);
    assertThat(gateway.downstream.header(0, "traceparent")).isEmpty();
    assertThat(gateway.downstream.header(0, "tracestate")).isEmpty();
  }

  @Test
  final void participateSendsAParentOfTheGatewaysOwn() throws IOException {
    Gateway gateway = gateway(ALONE, PARTICIPATE);
    gateway.get("/plain", Traces.ALL);
    gateway.get("/plain", Traces.ALL);
    String first = only(gateway, 0);
    String second = only(gateway, 1);
    for (String traceparent : List.of(first, second)) {
      assertThat(traceparent)
          .matches("00-" + Traces.TRACE + "-[0-9a-f]{16}-01")
          .doesNotContain(Traces.PARENT);
    }
    assertThat(second).isNotEqualTo(first);
    assertLeft(gateway, 0, "tracestate", Traces.TRACESTATE);
    assertLeft(gateway, 0, "baggage", Traces.BAGGAGE);
  }

  @Test
  final void participateBeginsATrace() throws IOException {
    Gateway gateway = gateway(ALONE, PARTICIPATE);
    gateway.get("/plain");
    gateway.get(
        "/plain", "traceparent: 00-" + Traces.TRACE + "-xx-01", "tracestate: " + Traces.TRACESTATE);
    for (int request = 0; request < 2; request++) {
      assertThat(only(gateway, request))
          .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[23]")
          .doesNotContain(Traces.TRACE);
      assertThat(gateway.downstream.header(request, "tracestate")).isEmpty();
    }
  }

  @Test
  final void keepsWhatARouteSets() throws IOException {
    for (Gateway gateway : List.of(gateway(ALONE), gateway(ALONE, PARTICIPATE))) {
      gateway.get("/set", Traces.ALL);
      assertLeft(gateway, 0, "traceparent", Traces.OTHER);
      assertLeft(gateway, 0, "baggage", Traces.BAGGAGE);
    }
  }

  @Test
  final void eachAttemptHasOneTraceparent() throws IOException {
    Gateway gateway = gateway(ALONE, PARTICIPATE);
    gateway.downstream.failOnce();
    gateway.get("/retry", Traces.ALL);
    assertThat(gateway.downstream.count()).isEqualTo(2);
    assertThat(List.of(only(gateway, 0), only(gateway, 1)))
        .doesNotHaveDuplicates()
        .allMatch(value -> value.startsWith("00-" + Traces.TRACE + "-"));
    assertLeft(gateway, 1, "tracestate", Traces.TRACESTATE);
    assertLeft(gateway, 1, "baggage", Traces.BAGGAGE);
  }

  @Test
  final void nothingLeavesToHostsThatAreNotAllowed() throws IOException {
    for (Gateway gateway :
        List.of(gateway(ALONE, ONLY_LOCALHOST), gateway(ALONE, PARTICIPATE, ONLY_LOCALHOST))) {
      gateway.get("/other", Traces.ALL);
      for (String name : List.of("traceparent", "tracestate", "baggage")) {
        assertThat(gateway.downstream.header(0, name)).as(name).isEmpty();
      }
      gateway.get("/plain", Traces.ALL);
      assertThat(only(gateway, 1)).startsWith("00-" + Traces.TRACE + "-");
      assertLeft(gateway, 1, "baggage", Traces.BAGGAGE);
    }
  }

  @Test
  final void aTracersOwnSpanIsTheParent() throws IOException {
    Gateway gateway = gateway(TRACER);
    assertThat(gateway.bean(TracePropagation.class).alone()).isFalse();
    gateway.get("/plain", Traces.ALL);
    SpanData client = span(gateway, SpanKind.CLIENT);
    SpanData server = span(gateway, SpanKind.SERVER);
    assertLeft(gateway, 0, "traceparent", traceparent(client));
    assertThat(client.getTraceId()).isEqualTo(Traces.TRACE);
    assertThat(server.getParentSpanId()).isEqualTo(Traces.PARENT);
    assertThat(client.getParentSpanId()).isEqualTo(server.getSpanId());
    assertLeft(gateway, 0, "tracestate", Traces.TRACESTATE);
    assertBaggageLeft(gateway);
  }

  @Test
  final void aTraceThatATracerBeginsLeavesWithoutTheOldState() throws IOException {
    Gateway gateway = gateway(TRACER);
    gateway.get("/plain", "traceparent: xx", "tracestate: " + Traces.TRACESTATE);
    assertLeft(gateway, 0, "traceparent", traceparent(span(gateway, SpanKind.CLIENT)));
    assertThat(gateway.downstream.header(0, "tracestate")).isEmpty();
  }

  @Test
  final void withoutSpansOfItsRequestsTheServersSpanIsTheParent() throws IOException {
    List<String> properties = new ArrayList<>(withoutOwnTracing());
    properties.add(TRACER);
    Gateway gateway = gateway(properties.toArray(String[]::new));
    gateway.get("/plain", Traces.ALL);
    assertLeft(gateway, 0, "traceparent", traceparent(span(gateway, SpanKind.SERVER)));
    assertLeft(gateway, 0, "tracestate", Traces.TRACESTATE);
    assertBaggageLeft(gateway);
  }

  @Test
  final void aTracerIsNotLimited() throws IOException {
    Gateway gateway = gateway(TRACER, ONLY_LOCALHOST);
    gateway.get("/other", Traces.ALL);
    assertLeft(gateway, 0, "traceparent", traceparent(span(gateway, SpanKind.CLIENT)));
  }

  @Test
  final void switchedOffItLeavesEverythingToTheGateway() throws IOException {
    Gateway gateway = gateway(ALONE, PARTICIPATE, "otlp.propagation.enabled=false");
    gateway.get("/plain", Traces.ALL);
    assertLeft(gateway, 0, "traceparent", Traces.TRACEPARENT);
    assertLeft(gateway, 0, "baggage", Traces.BAGGAGE);
  }

  private static String only(Gateway gateway, int request) {
    List<String> values = gateway.downstream.header(request, "traceparent");
    assertThat(values).as("traceparent").hasSize(1);
    return values.get(0);
  }

  private static void assertLeft(Gateway gateway, int request, String name, String value) {
    assertThat(gateway.downstream.header(request, name)).as(name).containsExactly(value);
  }

  /** Tracers write baggage anew, without their properties. */
  private static void assertBaggageLeft(Gateway gateway) {
    assertThat(gateway.downstream.header(0, "baggage"))
        .singleElement()
        .asString()
        .contains("user.tier=gold", "region=eu%20west");
  }

  private static String traceparent(SpanData span) {
    return "00-"
        + span.getTraceId()
        + "-"
        + span.getSpanId()
        + "-"
        + span.getSpanContext().getTraceFlags().asHex();
  }

  /** The only span of a kind, which may end after the client has its response. */
  private static SpanData span(Gateway gateway, SpanKind kind) {
    InMemorySpanExporter exporter = gateway.bean(InMemorySpanExporter.class);
    List<SpanData> found;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    do {
      assertThat(System.nanoTime()).as("the span ends").isLessThan(deadline);
      gateway.bean(SdkTracerProvider.class).forceFlush().join(20, TimeUnit.SECONDS);
      found =
          exporter.getFinishedSpanItems().stream().filter(span -> span.getKind() == kind).toList();
    } while (found.isEmpty());
    assertThat(found).hasSize(1);
    return found.get(0);
  }
}
