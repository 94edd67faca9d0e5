package io.otlpevents.propagation.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.otlpevents.propagation.contract.CollectedEvents;
import io.otlpevents.propagation.contract.TestApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Requests that are sent on or sent again: each has one context, and only where it may. */
class ClientEgressIntegrationTests {

  private static final String ONLY_LOCALHOST = "otlp.propagation.egress.allowed-hosts=localhost";

  private static final Context CONTEXT =
      Context.root()
          .with(
              Span.wrap(
                  SpanContext.createFromRemoteParent(
                      "4bf92f3577b34da6a3ce929d0e0e4736",
                      "00f067aa0ba902b7",
                      TraceFlags.getSampled(),
                      TraceState.builder().put("a", "1").build())))
          .with(Baggage.builder().put("k", "v").build());

  /** By their properties. */
  private static final Map<List<String>, ConfigurableApplicationContext> APPLICATIONS =
      new ConcurrentHashMap<>();

  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private @Nullable ConfigurableApplicationContext context;

  /** What arrived. */
  private record Seen(
      String method,
      String body,
      List<String> traceparent,
      List<String> tracestate,
      List<String> baggage,
      List<String> authorization) {

    boolean hasNoContext() {
      return traceparent.isEmpty() && tracestate.isEmpty() && baggage.isEmpty();
    }
  }

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stopServing() {
    server.stop(0);
  }

  @AfterAll
  static void stopApplications() {
    APPLICATIONS.values().forEach(ConfigurableApplicationContext::close);
    APPLICATIONS.clear();
  }

  private void answer(HttpExchange exchange) throws IOException {
    seen.add(
        new Seen(
            exchange.getRequestMethod(),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
            header(exchange, "traceparent"),
            header(exchange, "tracestate"),
            header(exchange, "baggage"),
            header(exchange, "authorization")));
    String path = exchange.getRequestURI().getPath();
    int status = 200;
    if (path.startsWith("/away/")) {
      // The same server by another name.
      status = Integer.parseInt(path.substring(6));
      exchange.getResponseHeaders().add("Location", url("127.0.0.1") + "/end");
    } else if (path.startsWith("/here/")) {
      status = Integer.parseInt(path.substring(6));
      exchange.getResponseHeaders().add("Location", "/end");
    } else if (path.equals("/round")) {
      status = 302;
      exchange.getResponseHeaders().add("Location", "/round");
    } else if (path.equals("/flaky") && seen.size() == 1) {
      status = 503;
    }
    exchange.sendResponseHeaders(status, 2);
    exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
    exchange.close();
  }

  private static List<String> header(HttpExchange exchange, String name) {
    return List.copyOf(exchange.getRequestHeaders().getOrDefault(name, List.of()));
  }

  private String url(String host) {
    return "http://" + host + ":" + server.getAddress().getPort();
  }

  @ParameterizedTest
  @EnumSource(Client.class)
  void aRedirectToAHostThatIsNotAllowedHasNoContext(Client client) {
    start(ONLY_LOCALHOST);
    assertThat(call(client, "/away/302")).isEqualTo("ok");
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0).traceparent()).hasSize(1);
    assertThat(seen.get(0).baggage()).containsExactly("k=v");
    assertThat(seen.get(1)).matches(Seen::hasNoContext);
  }

  @ParameterizedTest
  @EnumSource(Client.class)
  void aRedirectToAHostThatIsAllowedHasOneContext(Client client) {
    for (String property : List.of(ONLY_LOCALHOST, "otlp.propagation.mode=forward")) {
      seen.clear();
      start(property);
      assertThat(call(client, "/here/307")).isEqualTo("ok");
      assertThat(seen).hasSize(2);
      assertThat(seen.get(1).traceparent()).hasSize(1);
      assertThat(seen.get(1).baggage()).containsExactly("k=v");
    }
  }

  @ParameterizedTest
  @EnumSource(Client.class)
  void aRequestThatIsSentAgainHasOneContext(Client client) {
    for (String mode : List.of("forward", "participate")) {
      seen.clear();
      start("otlp.propagation.mode=" + mode);
      assertThat(call(client, "/flaky")).isEqualTo("ok");
      assertThat(seen).hasSize(2);
      for (Seen request : seen) {
        assertThat(request.traceparent()).hasSize(1);
        assertThat(request.tracestate()).containsExactly("a=1");
        assertThat(request.baggage()).containsExactly("k=v");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "reactor", "simple"})
  void noLibraryTakesTheContextAlong(String library) {
    start(ONLY_LOCALHOST, "spring.http.clients.imperative.factory=" + library);
    assertThat(call(Client.REST_CLIENT, "/away/302")).isEqualTo("ok");
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0).traceparent()).hasSize(1);
    assertThat(seen.get(1)).matches(Seen::hasNoContext);
  }

  @ParameterizedTest
  @CsvSource({"302,GET", "303,GET", "307,POST", "308,POST"})
  void guardedRedirectsAreThoseOfHttp(int status, String method) {
    start(ONLY_LOCALHOST);
    String url = url("localhost") + "/away/" + status;
    String overRestClient =
        started()
            .getBean(RestClient.Builder.class)
            .build()
            .post()
            .uri(url)
            .header("Authorization", "secret")
            .body("content")
            .retrieve()
            .body(String.class);
    String overWebClient =
        started()
            .getBean(WebClient.Builder.class)
            .build()
            .post()
            .uri(url)
            .header("Authorization", "secret")
            .bodyValue("content")
            .retrieve()
            .bodyToMono(String.class)
            .block();
    assertThat(overRestClient).isEqualTo("ok");
    assertThat(overWebClient).isEqualTo("ok");
    assertThat(seen).hasSize(4);
    for (int i = 0; i < 4; i += 2) {
      assertThat(seen.get(i).authorization()).containsExactly("secret");
      assertThat(seen.get(i).body()).isEqualTo("content");
      assertThat(seen.get(i + 1).method()).isEqualTo(method);
      assertThat(seen.get(i + 1).body()).isEqualTo(method.equals("GET") ? "" : "content");
      assertThat(seen.get(i + 1).authorization()).isEmpty();
    }
  }

  @Test
  void guardedRedirectsEnd() {
    start(ONLY_LOCALHOST);
    int last =
        started()
            .getBean(RestClient.Builder.class)
            .build()
            .get()
            .uri(url("localhost") + "/round")
            .retrieve()
            .toBodilessEntity()
            .getStatusCode()
            .value();
    assertThat(last).isEqualTo(302);
    assertThat(seen).hasSize(21);
    started()
        .getBean(WebClient.Builder.class)
        .build()
        .get()
        .uri(url("localhost") + "/round")
        .retrieve()
        .toBodilessEntity()
        .block();
    assertThat(seen).hasSize(42);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dont-follow", "follow"})
  void theUserDecidesWhetherRedirectsAreFollowed(String redirects) {
    start(ONLY_LOCALHOST, "spring.http.clients.redirects=" + redirects);
    for (Client client : List.of(Client.REST_CLIENT, Client.WEB_CLIENT)) {
      seen.clear();
      call(client, "/away/302");
      assertThat(seen).hasSize(redirects.equals("follow") ? 2 : 1);
    }
  }

  private void start(String... properties) {
    context =
        APPLICATIONS.computeIfAbsent(
            List.of(properties),
            key ->
                new SpringApplicationBuilder(Application.class)
                    .web(WebApplicationType.NONE)
                    .properties(
                        TestApplication.with(
                            properties, TestApplication.ALONE, "spring.main.banner-mode=off"))
                    .run());
  }

  private ConfigurableApplicationContext started() {
    return Objects.requireNonNull(context);
  }

  private @Nullable String call(Client client, String path) {
    try (Scope scope = CONTEXT.makeCurrent()) {
      return client.get(started(), url("localhost") + path);
    }
  }

  /** Clients with something that sends a request again when it was refused. */
  enum Client {
    REST_CLIENT {
      @Override
      @Nullable String get(ConfigurableApplicationContext context, String url) {
        RestClient client =
            context.getBean(RestClient.Builder.class).requestInterceptor(RETRY).build();
        return client.get().uri(url).retrieve().body(String.class);
      }
    },
    REST_CLIENT_RETRIED_IN_FRONT {
      @Override
      @Nullable String get(ConfigurableApplicationContext context, String url) {
        RestClient client =
            context
                .getBean(RestClient.Builder.class)
                .requestInterceptors(interceptors -> interceptors.add(0, RETRY))
                .build();
        return client.get().uri(url).retrieve().body(String.class);
      }
    },
    REST_TEMPLATE {
      @Override
      @Nullable String get(ConfigurableApplicationContext context, String url) {
        RestTemplate template =
            context.getBean(RestTemplateBuilder.class).additionalInterceptors(RETRY).build();
        return template.getForObject(url, String.class);
      }
    },
    WEB_CLIENT {
      @Override
      @Nullable String get(ConfigurableApplicationContext context, String url) {
        ExchangeFilterFunction retry =
            (request, next) ->
                next.exchange(request)
                    .flatMap(
                        response ->
                            response.statusCode().is5xxServerError()
                                ? response.releaseBody().then(next.exchange(request))
                                : Mono.just(response));
        WebClient client = context.getBean(WebClient.Builder.class).filter(retry).build();
        return client.get().uri(url).retrieve().bodyToMono(String.class).block();
      }
    };

    private static final ClientHttpRequestInterceptor RETRY =
        (request, body, execution) -> {
          ClientHttpResponse response = execution.execute(request, body);
          if (!response.getStatusCode().is5xxServerError()) {
            return response;
          }
          response.close();
          return execution.execute(request, body);
        };

    abstract @Nullable String get(ConfigurableApplicationContext context, String url);
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {

    @Bean
    CollectedEvents collectedEvents() {
      return new CollectedEvents();
    }
  }
}
