package io.otlpevents.propagation.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.otlpevents.propagation.BaggageLimits;
import io.otlpevents.propagation.PropagationMode;
import io.otlpevents.propagation.StrictPropagator;
import io.otlpevents.propagation.TracePropagation;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.filter.ServerHttpObservationFilter;

/** How often the headers of a request are asked for. */
class HeaderReadsTests {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  private final CountingRequest request = new CountingRequest();
  private int handled;

  @ParameterizedTest
  @EnumSource(PropagationMode.class)
  void eachHeaderIsReadOnce(PropagationMode mode) throws Exception {
    handle(own(mode));
    assertThat(request.reads).isEqualTo(Map.of("traceparent", 1, "tracestate", 1, "baggage", 1));
  }

  @Test
  void laterDispatchesReadNothing() throws Exception {
    Filter filter = own(PropagationMode.FORWARD);
    handle(filter);
    request.reads.clear();
    for (DispatcherType type : new DispatcherType[] {DispatcherType.ASYNC, DispatcherType.ERROR}) {
      request.setDispatcherType(type);
      handle(filter);
    }
    assertThat(request.reads).isEmpty();
  }

  @Test
  void aStrictTracerReadsEachHeaderOnceAndTheFilterBehindItNone() throws Exception {
    Filter own = own(PropagationMode.FORWARD);
    strictTracer()
        .doFilter(
            request,
            new MockHttpServletResponse(),
            (passed, response) -> own.doFilter(passed, response, handler()));
    assertThat(handled).isEqualTo(1);
    assertThat(request.reads)
        .containsEntry("traceparent", 1)
        .containsEntry("tracestate", 1)
        .containsEntry("baggage", 1);
  }

  private void handle(Filter filter) throws Exception {
    int before = handled;
    filter.doFilter(request, new MockHttpServletResponse(), handler());
    assertThat(handled).isEqualTo(before + 1);
  }

  /** Uses everything that came in. */
  private FilterChain handler() {
    return (passed, response) -> {
      assertThat(Span.current().getSpanContext().getTraceId()).isEqualTo(TRACE);
      assertThat(Span.current().getSpanContext().getTraceState().get("rojo")).isEqualTo("1");
      assertThat(Baggage.current().getEntryValue("user.tier")).isEqualTo("gold");
      handled++;
    };
  }

  private static Filter own(PropagationMode mode) {
    return new TracePropagationFilter(TracePropagation.builder().mode(mode).build());
  }

  /** As Spring Boot sets it up, with {@code otlp.propagation.strict}. */
  private static Filter strictTracer() {
    Tracer tracer = SdkTracerProvider.builder().build().get("test");
    TextMapPropagator strict =
        new StrictPropagator(
            TextMapPropagator.composite(
                W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance()),
            BaggageLimits.defaults());
    ObservationRegistry registry = ObservationRegistry.create();
    registry
        .observationConfig()
        .observationHandler(
            new PropagatingReceiverTracingObservationHandler<>(
                new OtelTracer(tracer, new OtelCurrentTraceContext(), event -> {}),
                new OtelPropagator(ContextPropagators.create(strict), tracer)));
    return new ServerHttpObservationFilter(registry);
  }

  /** Counts by name, however a header is asked for. */
  private static final class CountingRequest extends MockHttpServletRequest {

    final Map<String, Integer> reads = new TreeMap<>();

    CountingRequest() {
      super("GET", "/orders");
      addHeader("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");
      addHeader("tracestate", "rojo=1,congo=2");
      addHeader("baggage", "user.tier=gold");
    }

    @Override
    public @Nullable String getHeader(String name) {
      count(name);
      return super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      count(name);
      return super.getHeaders(name);
    }

    private void count(String name) {
      reads.merge(name.toLowerCase(Locale.ROOT), 1, Integer::sum);
    }
  }
}
