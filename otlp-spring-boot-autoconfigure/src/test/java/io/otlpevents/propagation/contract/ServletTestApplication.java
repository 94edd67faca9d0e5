package io.otlpevents.propagation.contract;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.otlpevents.EventEmitter;
import io.otlpevents.propagation.client.JdkRequests;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.web.error.ErrorAttributeOptions;
import org.springframework.boot.webmvc.error.DefaultErrorAttributes;
import org.springframework.boot.webmvc.error.ErrorAttributes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.reactive.function.client.WebClient;

/** Emits an event and calls the downstream server, in each of the ways that servlets know. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync
@Import({ServletTestApplication.Controller.class, ServletTestApplication.Background.class})
public class ServletTestApplication {

  @Bean
  InMemorySpanExporter spans() {
    return InMemorySpanExporter.create();
  }

  @Bean
  ErrorAttributes errorAttributes(EventEmitter events) {
    return new DefaultErrorAttributes() {
      @Override
      public Map<String, @Nullable Object> getErrorAttributes(
          WebRequest request, ErrorAttributeOptions options) {
        events.event("on.error.page").emit();
        return super.getErrorAttributes(request, options);
      }
    };
  }

  @Bean
  CollectedEvents collectedEvents() {
    return new CollectedEvents();
  }

  @Bean
  Calls calls(
      @Value("${downstream}") String url,
      RestClient.Builder rest,
      RestTemplateBuilder template,
      WebClient.Builder web,
      JdkRequests jdk) {
    return new Calls(
        url, rest.build(), template.build(), web.build(), HttpClient.newHttpClient(), jdk);
  }

  /** Calls downstream. */
  record Calls(
      String url,
      RestClient rest,
      RestTemplate template,
      WebClient web,
      HttpClient client,
      JdkRequests jdk) {

    void call(String via) throws Exception {
      switch (via) {
        case "rest" -> rest.get().uri(url).retrieve().toBodilessEntity();
        case "template" -> template.getForObject(url, String.class);
        case "web" -> web.get().uri(url).retrieve().toBodilessEntity().block();
        case "jdk" ->
            client.send(
                jdk.withContext(HttpRequest.newBuilder(URI.create(url)).build()),
                HttpResponse.BodyHandlers.ofString());
        case "none" -> {}
        default -> throw new IllegalArgumentException(via);
      }
    }
  }

  /** Works on another thread. */
  static class Background {

    private final EventEmitter events;
    private final Calls calls;

    Background(EventEmitter events, Calls calls) {
      this.events = events;
      this.calls = calls;
    }

    @Async
    public CompletableFuture<String> work(String via) throws Exception {
      events.event("in.background").emit();
      calls.call(via);
      return CompletableFuture.completedFuture("ok");
    }
  }

  /** The ways. */
  @RestController
  static class Controller {

    private final EventEmitter events;
    private final Calls calls;
    private final Background background;
    private final Executor executor;

    Controller(
        EventEmitter events,
        Calls calls,
        Background background,
        @Qualifier("applicationTaskExecutor") Executor executor) {
      this.events = events;
      this.calls = calls;
      this.background = background;
      this.executor = executor;
    }

    @GetMapping("/call")
    String call(
        @RequestParam(defaultValue = "1") int count,
        @RequestParam(defaultValue = "rest") String via)
        throws Exception {
      events.event("arrived").emit();
      for (int i = 0; i < count; i++) {
        calls.call(via);
      }
      return "ok";
    }

    @GetMapping("/broken")
    String broken() {
      events.event("arrived").emit();
      throw new IllegalStateException("expected by a test");
    }

    @GetMapping("/callable")
    Callable<String> callable(@RequestParam(defaultValue = "rest") String via) {
      return () -> {
        events.event("arrived").emit();
        calls.call(via);
        return "ok";
      };
    }

    @GetMapping("/deferred")
    DeferredResult<String> deferred(@RequestParam(defaultValue = "rest") String via) {
      DeferredResult<String> result = new DeferredResult<>();
      executor.execute(
          () -> {
            try {
              events.event("arrived").emit();
              calls.call(via);
              result.setResult("ok");
            } catch (Exception e) {
              result.setErrorResult(e);
            }
          });
      return result;
    }

    @GetMapping("/background")
    String background(@RequestParam(defaultValue = "rest") String via) throws Exception {
      events.event("arrived").emit();
      return background.work(via).get();
    }
  }
}
