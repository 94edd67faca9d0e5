package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.otlpevents.SpanSource;
import io.otlpevents.propagation.StrictPropagator;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.client.AllowedHosts;
import io.otlpevents.propagation.client.JdkRequests;
import io.otlpevents.propagation.reactive.ReactiveEventEmitter;
import io.otlpevents.propagation.reactive.ReactorTraceContext;
import io.otlpevents.propagation.reactive.TracePropagationWebFilter;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateCustomizer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.core.task.TaskDecorator;

@ExtendWith(OutputCaptureExtension.class)
class OtlpPropagationAutoConfigurationTests {

  private static final String TRACEPARENT =
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03";

  private static final AutoConfigurations OWN =
      AutoConfigurations.of(
          OtlpPropagationAutoConfiguration.class,
          OtlpStrictPropagationAutoConfiguration.class,
          OtlpServletPropagationAutoConfiguration.class,
          OtlpReactivePropagationAutoConfiguration.class,
          OtlpClientPropagationAutoConfiguration.class,
          OtlpTaskPropagationAutoConfiguration.class,
          OtlpEventsAutoConfiguration.class);

  private static final AutoConfigurations SPRING_BOOTS =
      AutoConfigurations.of(
          OpenTelemetrySdkAutoConfiguration.class,
          OpenTelemetryTracingAutoConfiguration.class,
          MicrometerTracingAutoConfiguration.class);

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(OWN)
          .withBean(FakeDestination.class, FakeDestination::answering);

  @Test
  void carriesTheContextByDefault() {
    runner.run(
        context -> {
          assertThat(context)
              .hasSingleBean(TracePropagation.class)
              .hasSingleBean(RestClientCustomizer.class)
              .hasSingleBean(RestTemplateCustomizer.class)
              .hasSingleBean(WebClientCustomizer.class)
              .hasSingleBean(ReactiveEventEmitter.class)
              .hasSingleBean(TaskDecorator.class)
              .doesNotHaveBean(FilterRegistrationBean.class)
              .doesNotHaveBean(TracePropagationWebFilter.class);
          assertThat(passThrough(context.getBean(TracePropagation.class)))
              .isEqualTo(Map.of("traceparent", TRACEPARENT, "baggage", "a=1,b=2"));
        });
  }

  @Test
  void filtersRequests() {
    new WebApplicationContextRunner()
        .withConfiguration(OWN)
        .withBean(FakeDestination.class, FakeDestination::answering)
        .run(context -> assertThat(context).hasBean("otlpTracePropagationFilter"));
    new ReactiveWebApplicationContextRunner()
        .withConfiguration(OWN)
        .withBean(FakeDestination.class, FakeDestination::answering)
        .run(context -> assertThat(context).hasSingleBean(TracePropagationWebFilter.class));
  }

  @Test
  void isSwitchedOffByItsPropertyOrTogetherWithOpenTelemetry() {
    for (String off : List.of("otlp.propagation.enabled=false", "otel.sdk.disabled=true")) {
      runner
          .withPropertyValues(off)
          .run(
              context -> {
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(TracePropagation.class)
                    .doesNotHaveBean(RestClientCustomizer.class)
                    .doesNotHaveBean(TaskDecorator.class)
                    .hasSingleBean(SpanSource.class);
                HttpRequest request = HttpRequest.newBuilder(URI.create("http://a")).build();
                assertThat(context.getBean(JdkRequests.class).withContext(request))
                    .isSameAs(request);
              });
    }
    runner
        .withPropertyValues("otel.sdk.disabled=true", "otlp.propagation.enabled=true")
        .run(context -> assertThat(context).hasSingleBean(TracePropagation.class));
  }

  @Test
  void worksWithoutOptionalLibraries() {
    runner
        .withClassLoader(
            new FilteredClassLoader(
                "io.micrometer",
                "reactor",
                "jakarta.servlet",
                "org.springframework.web",
                "org.springframework.boot.restclient",
                "org.springframework.boot.webclient",
                "io.opentelemetry.extension",
                "io.opentelemetry.sdk.autoconfigure"))
        .withPropertyValues("otlp.propagation.strict=true")
        .run(context -> assertThat(context).hasNotFailed().hasSingleBean(TracePropagation.class));
  }

  @Test
  void takesPartOnRequest() {
    runner
        .withPropertyValues("otlp.propagation.mode=participate", "otlp.propagation.sampled-ratio=1")
        .run(
            context -> {
              TracePropagation propagation = context.getBean(TracePropagation.class);
              assertThat(passThrough(propagation).get("traceparent"))
                  .startsWith(TRACEPARENT.substring(0, 36))
                  .isNotEqualTo(TRACEPARENT);
              Map<String, String> begun = new HashMap<>();
              propagation.outgoing(
                  Context.root(), begun, OtlpPropagationAutoConfigurationTests::put);
              assertThat(begun.get("traceparent")).endsWith("-03");
            });
  }

  @Test
  void writesTheFormatsAskedFor() {
    runner
        .withPropertyValues("otlp.propagation.formats=w3c,b3")
        .run(
            context ->
                assertThat(passThrough(context.getBean(TracePropagation.class)))
                    .containsOnlyKeys("traceparent", "b3"));
    runner
        .withPropertyValues("OTEL_PROPAGATORS=b3multi,baggage,xray")
        .withPropertyValues("otel.propagators=baggage, xray")
        .run(
            context ->
                assertThat(passThrough(context.getBean(TracePropagation.class)))
                    .containsOnlyKeys("baggage"));
    runner
        .withPropertyValues("otel.propagators=none")
        .run(context -> assertThat(passThrough(context.getBean(TracePropagation.class))).isEmpty());
  }

  @Test
  void namesTheLibraryThatB3Needs() {
    runner
        .withClassLoader(new FilteredClassLoader("io.opentelemetry.extension"))
        .withPropertyValues("otlp.propagation.formats=b3")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("otlp.propagation.formats")
                    .hasMessageContaining("opentelemetry-extension-trace-propagators"));
  }

  @Test
  void limitsBaggage() {
    runner
        .withPropertyValues("otlp.propagation.baggage.max-members=1")
        .run(
            context ->
                assertThat(passThrough(context.getBean(TracePropagation.class)))
                    .containsEntry("baggage", "a=1"));
    runner
        .withPropertyValues("otlp.propagation.baggage.max-size=5B")
        .run(
            context ->
                assertThat(passThrough(context.getBean(TracePropagation.class)))
                    .containsEntry("baggage", "a=1"));
  }

  @Test
  void refusesValuesThatCannotWork() {
    for (String property :
        List.of(
            "otlp.propagation.sampled-ratio=1.1",
            "otlp.propagation.sampled-ratio=NaN",
            "otlp.propagation.baggage.max-members=0",
            "otlp.propagation.baggage.max-size=65KB",
            "otlp.propagation.mode=sideways",
            "otlp.propagation.formats=w4c")) {
      runner
          .withPropertyValues(property)
          .run(
              context ->
                  assertThat(context)
                      .getFailure()
                      .rootCause()
                      .as(property)
                      .satisfies(
                          failure ->
                              assertThat(failure)
                                  .isInstanceOfAny(
                                      InvalidOtlpPropertyException.class,
                                      IllegalArgumentException.class)));
    }
  }

  @Test
  void sendsOnlyToAllowedHosts() {
    runner
        .withPropertyValues("otlp.propagation.egress.allowed-hosts=API.example.com,*.internal")
        .run(
            context -> {
              AllowedHosts hosts = context.getBean(AllowedHosts.class);
              assertThat(hosts.contains("api.Example.com")).isTrue();
              assertThat(hosts.contains("a.b.internal")).isTrue();
              assertThat(hosts.contains("internal")).isFalse();
              assertThat(hosts.contains("api.example.com.evil")).isFalse();
              assertThat(hosts.contains(null)).isFalse();
              JdkRequests requests = context.getBean(JdkRequests.class);
              try (Scope scope = arrived(context.getBean(TracePropagation.class)).makeCurrent()) {
                assertThat(sent(requests, "http://x.internal/")).isTrue();
                assertThat(sent(requests, "http://other.example/")).isFalse();
              }
            });
  }

  private static boolean sent(JdkRequests requests, String uri) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(uri)).build();
    return requests.withContext(request).headers().firstValue("traceparent").isPresent();
  }

  @Test
  void knowsSpringBootsTracer() {
    runner
        .withConfiguration(SPRING_BOOTS)
        .run(context -> assertThat(context.getBean(TracePropagation.class).alone()).isFalse());
  }

  @Test
  void isAloneNextToASdkThatMakesNoSpans() {
    runner
        .withConfiguration(AutoConfigurations.of(OpenTelemetrySdkAutoConfiguration.class))
        .run(
            context -> {
              assertThat(context).hasSingleBean(OpenTelemetry.class);
              assertThat(context.getBean(TracePropagation.class).alone()).isTrue();
            });
  }

  @Test
  void respectsThatSpringBootsPropagationIsOff() {
    runner
        .withConfiguration(SPRING_BOOTS)
        .withPropertyValues("management.tracing.export.enabled=false")
        .run(
            context -> {
              TracePropagation propagation = context.getBean(TracePropagation.class);
              assertThat(propagation.alone()).isFalse();
              assertThat(propagation.fields()).isEmpty();
              assertThat(propagation.incoming(Map.of("traceparent", TRACEPARENT), GETTER)).isNull();
            });
  }

  @Test
  void wrapsSpringBootsPropagatorsOnlyOnRequest() {
    runner
        .withConfiguration(SPRING_BOOTS)
        .run(
            context ->
                assertThat(propagatorOf(context.getBean(ContextPropagators.class)))
                    .isNotInstanceOf(StrictPropagator.class));
    runner
        .withConfiguration(SPRING_BOOTS)
        .withPropertyValues("otlp.propagation.strict=true")
        .run(
            context -> {
              assertThat(propagatorOf(context.getBean(ContextPropagators.class)))
                  .isInstanceOf(StrictPropagator.class);
              assertThat(propagatorOf(context.getBean(OpenTelemetry.class).getPropagators()))
                  .isInstanceOf(StrictPropagator.class);
            });
  }

  private static TextMapPropagator propagatorOf(ContextPropagators propagators) {
    return propagators.getTextMapPropagator();
  }

  @Test
  void readsAndWritesTheSpanOfATracerThatIsNotOpenTelemetrys(CapturedOutput output) {
    Tracer tracer = tracer("000000000000000a", "000000000000000b");
    runner
        .withBean(Tracer.class, () -> tracer)
        .withBean(Propagator.class, B3Like::new)
        .run(
            context -> {
              SpanContext span = context.getBean(SpanSource.class).spanContext(null);
              assertThat(span.getTraceId()).isEqualTo("0000000000000000000000000000000a");
              assertThat(span.getSpanId()).isEqualTo("000000000000000b");
              assertThat(span.isSampled()).isTrue();
              TracePropagation propagation = context.getBean(TracePropagation.class);
              assertThat(propagation.incoming(Map.of("traceparent", TRACEPARENT), GETTER)).isNull();
              Map<String, String> left = new HashMap<>();
              propagation.outgoing(
                  Context.root(), left, OtlpPropagationAutoConfigurationTests::put);
              assertThat(left).isEqualTo(Map.of("like-b3", "000000000000000a"));
            });
    runner
        .withConfiguration(SPRING_BOOTS)
        .run(context -> context.getBean(TracePropagation.class).alone());
    assertThat(output.getAll()).doesNotContain("Several tracers");
  }

  @Test
  void warnsOnceAboutTwoTracers(CapturedOutput output) {
    Tracer tracer = tracer("000000000000000a", "000000000000000b");
    runner
        .withConfiguration(SPRING_BOOTS)
        .withBean(Tracer.class, () -> tracer)
        .run(
            context -> {
              TracePropagation propagation = context.getBean(TracePropagation.class);
              propagation.incoming(Map.of("traceparent", TRACEPARENT), GETTER);
              propagation.outgoing(
                  Context.root(), new HashMap<>(), OtlpPropagationAutoConfigurationTests::put);
              context.getBean(SpanSource.class).spanContext(null);
            });
    assertThat(output.getAll())
        .containsOnlyOnce("Several tracers are active: Spring Boot's OpenTelemetry, Micrometer");
  }

  @Test
  void backsOffFromTheUsersBeans() {
    TracePropagation own = TracePropagation.builder().build();
    TaskDecorator decorator = task -> task;
    SpanSource spans = context -> SpanContext.getInvalid();
    runner
        .withBean(TracePropagation.class, () -> own)
        .withBean(TaskDecorator.class, () -> decorator)
        .withBean(SpanSource.class, () -> spans)
        .run(
            context -> {
              assertThat(context.getBean(TracePropagation.class)).isSameAs(own);
              assertThat(context.getBean(TaskDecorator.class)).isSameAs(decorator);
              assertThat(context.getBean(SpanSource.class)).isSameAs(spans);
            });
  }

  @Test
  void registersTheAccessorOnlyWhileItIsAlone() {
    assertThat(isRegistered()).isFalse();
    runner.run(
        context -> {
          assertThat(isRegistered()).isTrue();
          runner.run(second -> assertThat(isRegistered()).isTrue());
          assertThat(isRegistered()).isTrue();
        });
    assertThat(isRegistered()).isFalse();
    runner.withConfiguration(SPRING_BOOTS).run(context -> assertThat(isRegistered()).isFalse());
  }

  private static boolean isRegistered() {
    return ContextRegistry.getInstance().getThreadLocalAccessors().stream()
        .anyMatch(accessor -> accessor.key().equals(ReactorTraceContext.KEY));
  }

  private static Map<String, String> passThrough(TracePropagation propagation) {
    Map<String, String> left = new HashMap<>();
    propagation.outgoing(arrived(propagation), left, OtlpPropagationAutoConfigurationTests::put);
    return left;
  }

  private static Context arrived(TracePropagation propagation) {
    Context context =
        propagation.incoming(Map.of("traceparent", TRACEPARENT, "baggage", "a=1,b=2"), GETTER);
    return context == null ? Context.root() : context;
  }

  private static void put(@Nullable Map<String, String> carrier, String key, String value) {
    if (carrier != null) {
      carrier.put(key, value);
    }
  }

  private static final TextMapGetter<Map<String, String>> GETTER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> carrier) {
          return carrier.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
          return carrier == null ? null : carrier.get(key);
        }
      };

  /** A tracer with a current span, answering nothing else. */
  private static Tracer tracer(String traceId, String spanId) {
    TraceContext context =
        fake(
            TraceContext.class,
            Map.of("traceId", () -> traceId, "spanId", () -> spanId, "sampled", () -> true));
    Span span = fake(Span.class, Map.of("context", () -> context));
    return fake(Tracer.class, Map.of("currentSpan", () -> span));
  }

  private static <T> T fake(Class<T> type, Map<String, Supplier<Object>> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (method.getName().equals("hashCode")) {
                return System.identityHashCode(proxy);
              }
              if (method.getName().equals("equals")) {
                return proxy == arguments[0];
              }
              Supplier<Object> answer = answers.get(method.getName());
              return answer == null ? null : answer.get();
            }));
  }

  private static final class B3Like implements Propagator {

    @Override
    public List<String> fields() {
      return List.of("like-b3");
    }

    @Override
    public <C> void inject(TraceContext context, @Nullable C carrier, Setter<C> setter) {
      setter.set(carrier, "like-b3", context.traceId());
    }

    @Override
    public <C> Span.Builder extract(C carrier, Getter<C> getter) {
      throw new UnsupportedOperationException();
    }
  }
}
