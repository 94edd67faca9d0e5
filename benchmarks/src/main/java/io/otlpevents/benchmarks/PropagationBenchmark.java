package io.otlpevents.benchmarks;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.otlpevents.propagation.BaggageLimits;
import io.otlpevents.propagation.PropagationMode;
import io.otlpevents.propagation.StrictPropagator;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.servlet.TracePropagationFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * What a filter adds to a request with {@code traceparent}, {@code tracestate} and {@code baggage};
 * {@code none} is the request alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PropagationBenchmark {

  private static final TextMapPropagator LENIENT =
      TextMapPropagator.composite(
          W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());

  /** Which filter. */
  @Param({
    "none",
    "forward",
    "participate",
    "springBoot",
    "springBootAndForward",
    "springBootStrictAndForward"
  })
  public String filter = "none";

  private final RecycledRequest request = new RecycledRequest();
  private final MockHttpServletResponse response = new MockHttpServletResponse();
  private FilterChain chain = (request, response) -> {};

  /** Makes the filters. */
  @Setup
  public void setUp(Blackhole end) {
    FilterChain last = (request, response) -> end.consume(request);
    chain =
        switch (filter) {
          case "forward" -> behind(own(PropagationMode.FORWARD), last);
          case "participate" -> behind(own(PropagationMode.PARTICIPATE), last);
          case "springBoot" -> behind(springBoots(LENIENT), last);
          case "springBootAndForward" ->
              behind(springBoots(LENIENT), behind(own(PropagationMode.FORWARD), last));
          case "springBootStrictAndForward" ->
              behind(
                  springBoots(new StrictPropagator(LENIENT, BaggageLimits.defaults())),
                  behind(own(PropagationMode.FORWARD), last));
          default -> last;
        };
  }

  private static FilterChain behind(Filter filter, FilterChain next) {
    return (request, response) -> filter.doFilter(request, response, next);
  }

  private static Filter own(PropagationMode mode) {
    return new TracePropagationFilter(TracePropagation.builder().mode(mode).build());
  }

  /** As Spring Boot sets it up, with spans that are sampled and not exported. */
  private static Filter springBoots(TextMapPropagator propagator) {
    Tracer tracer = SdkTracerProvider.builder().build().get("benchmark");
    OtelTracer micrometer = new OtelTracer(tracer, new OtelCurrentTraceContext(), event -> {});
    ContextPropagators propagators = ContextPropagators.create(propagator);
    ObservationRegistry registry = ObservationRegistry.create();
    registry
        .observationConfig()
        .observationHandler(
            new PropagatingReceiverTracingObservationHandler<>(
                micrometer, new OtelPropagator(propagators, tracer)));
    return new ServerHttpObservationFilter(registry);
  }

  /** One request. */
  @Benchmark
  public void request() throws IOException, ServletException {
    request.recycle();
    chain.doFilter(request, response);
  }
}
