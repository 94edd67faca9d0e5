package io.otlpevents.propagation.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.otlpevents.propagation.TracePropagation;
import io.otlpevents.propagation.contract.CollectedEvents;
import io.otlpevents.propagation.contract.RawDownstream;
import io.otlpevents.propagation.contract.TestApplication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import org.springframework.web.service.registry.HttpServiceGroup;
import org.springframework.web.service.registry.ImportHttpServices;

/** Clients that are interfaces: what leaves, looked at where it arrives. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpServiceClientIntegrationTests {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String TRACEPARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

  private final RawDownstream downstream = new RawDownstream();

  /** By their properties. */
  private final Map<List<String>, ConfigurableApplicationContext> applications =
      new ConcurrentHashMap<>();

  private @Nullable ConfigurableApplicationContext context;

  @BeforeEach
  void forget() {
    downstream.clear();
  }

  @AfterAll
  void stop() throws Exception {
    applications.values().forEach(ConfigurableApplicationContext::close);
    downstream.close();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void forwardSendsWhatCameIn(Way way) {
    start(TestApplication.ALONE);
    call(way);
    assertThat(downstream.header(0, "traceparent")).containsExactly(TRACEPARENT);
    assertThat(downstream.header(0, "tracestate")).containsExactly("a=1,b=2");
    assertThat(downstream.header(0, "baggage")).containsExactly("k=v");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void participateSendsAParentForEachRequest(Way way) {
    start(TestApplication.ALONE, "otlp.propagation.mode=participate");
    call(way);
    call(way);
    List<String> sent = new ArrayList<>(downstream.header(0, "traceparent"));
    assertThat(sent).hasSize(1);
    sent.addAll(downstream.header(1, "traceparent"));
    assertThat(sent)
        .hasSize(2)
        .doesNotHaveDuplicates()
        .doesNotContain(TRACEPARENT)
        .allMatch(value -> value.matches("00-" + TRACE + "-[0-9a-f]{16}-01"));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void theTracersSpanIsTheParent(Way way) {
    ConfigurableApplicationContext started = start("management.tracing.sampling.probability=1.0");
    call(way);
    started.getBean(SdkTracerProvider.class).forceFlush().join(20, TimeUnit.SECONDS);
    SpanData client =
        started.getBean(InMemorySpanExporter.class).getFinishedSpanItems().stream()
            .filter(span -> span.getKind() == SpanKind.CLIENT)
            .findFirst()
            .orElseThrow();
    assertThat(downstream.header(0, "traceparent"))
        .containsExactly("00-" + TRACE + "-" + client.getSpanId() + "-01");
    assertThat(downstream.header(0, "tracestate")).containsExactly("a=1,b=2");
    assertThat(downstream.header(0, "baggage")).containsExactly("k=v");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void nothingLeavesToHostsThatAreNotAllowed(Way way) {
    start(TestApplication.ALONE, "otlp.propagation.egress.allowed-hosts=api.example.com");
    call(way);
    assertThat(downstream.header(0, "traceparent")).isEmpty();
    assertThat(downstream.header(0, "tracestate")).isEmpty();
    assertThat(downstream.header(0, "baggage")).isEmpty();
  }

  private ConfigurableApplicationContext start(String... properties) {
    ConfigurableApplicationContext started =
        applications.computeIfAbsent(
            List.of(properties),
            key ->
                new SpringApplicationBuilder(Application.class)
                    .web(WebApplicationType.NONE)
                    .properties(
                        TestApplication.with(
                            properties,
                            "downstream=" + downstream.url(),
                            "spring.http.serviceclient.rest.base-url=" + downstream.url(),
                            "spring.http.serviceclient.web.base-url=" + downstream.url(),
                            "spring.main.banner-mode=off"))
                    .run());
    started.getBean(InMemorySpanExporter.class).reset();
    context = started;
    return started;
  }

  /** Calls while a request is handled that came in with a trace. */
  private void call(Way way) {
    ConfigurableApplicationContext started = Objects.requireNonNull(context);
    TracePropagation propagation = started.getBean(TracePropagation.class);
    Map<String, String> headers =
        Map.of("traceparent", TRACEPARENT, "tracestate", "a=1,b=2", "baggage", "k=v");
    Context arrived = Objects.requireNonNull(propagation.incoming(Context.root(), headers, GETTER));
    try (Scope scope = arrived.makeCurrent()) {
      assertThat(way.client(started).get()).isEqualTo("ok");
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

  /** How an interface becomes a client. */
  enum Way {
    IMPORTED_OVER_REST_CLIENT {
      @Override
      Api client(ConfigurableApplicationContext context) {
        return context.getBean(RestApi.class);
      }
    },
    IMPORTED_OVER_WEB_CLIENT {
      @Override
      Api client(ConfigurableApplicationContext context) {
        return context.getBean(WebApi.class);
      }
    },
    MADE_OVER_REST_CLIENT {
      @Override
      Api client(ConfigurableApplicationContext context) {
        RestClient client = context.getBean(RestClient.Builder.class).baseUrl(url(context)).build();
        return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(client))
            .build()
            .createClient(RestApi.class);
      }
    },
    MADE_OVER_WEB_CLIENT {
      @Override
      Api client(ConfigurableApplicationContext context) {
        WebClient client = context.getBean(WebClient.Builder.class).baseUrl(url(context)).build();
        return HttpServiceProxyFactory.builderFor(WebClientAdapter.create(client))
            .build()
            .createClient(WebApi.class);
      }
    };

    abstract Api client(ConfigurableApplicationContext context);

    private static String url(ConfigurableApplicationContext context) {
      return context.getEnvironment().getRequiredProperty("downstream");
    }
  }

  /** What is called. */
  interface Api {

    String get();
  }

  /** By a RestClient. */
  @HttpExchange
  interface RestApi extends Api {

    @Override
    @GetExchange("/")
    String get();
  }

  /** By a WebClient. */
  @HttpExchange
  interface WebApi extends Api {

    @Override
    @GetExchange("/")
    String get();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @ImportHttpServices(group = "rest", types = RestApi.class)
  @ImportHttpServices(
      group = "web",
      types = WebApi.class,
      clientType = HttpServiceGroup.ClientType.WEB_CLIENT)
  static class Application {

    @Bean
    InMemorySpanExporter spans() {
      return InMemorySpanExporter.create();
    }

    @Bean
    CollectedEvents collectedEvents() {
      return new CollectedEvents();
    }
  }
}
