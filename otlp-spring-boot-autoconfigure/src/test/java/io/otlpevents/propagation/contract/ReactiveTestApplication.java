package io.otlpevents.propagation.contract;

import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.otlpevents.EventEmitter;
import io.otlpevents.propagation.reactive.ReactiveEventEmitter;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Emits an event and calls the downstream server from WebFlux. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ReactiveTestApplication.Controller.class)
public class ReactiveTestApplication {

  @Bean
  InMemorySpanExporter spans() {
    return InMemorySpanExporter.create();
  }

  @Bean
  CollectedEvents collectedEvents() {
    return new CollectedEvents();
  }

  @Bean
  WebClient downstreamClient(WebClient.Builder builder, @Value("${downstream}") String url) {
    return builder.baseUrl(url).build();
  }

  /** The ways. */
  @RestController
  static class Controller {

    private final EventEmitter plain;
    private final ReactiveEventEmitter events;
    private final WebClient client;

    Controller(EventEmitter plain, ReactiveEventEmitter events, WebClient downstreamClient) {
      this.plain = plain;
      this.events = events;
      this.client = downstreamClient;
    }

    @GetMapping("/call")
    Mono<String> call(@RequestParam(defaultValue = "1") int count) {
      return events
          .emit("arrived", event -> event.attribute("a", 1))
          .thenMany(Flux.range(0, count).concatMap(i -> client.get().retrieve().toBodilessEntity()))
          .then(Mono.just("ok"));
    }

    /** The same behind a change of threads. */
    @GetMapping("/later")
    Mono<String> later() {
      return Mono.delay(Duration.ofMillis(1))
          .then(events.emit("arrived", event -> {}))
          .then(client.get().retrieve().toBodilessEntity())
          .thenReturn("ok");
    }

    /** As in a servlet. */
    @GetMapping("/plain")
    Mono<String> plain() {
      return Mono.delay(Duration.ofMillis(1))
          .map(
              tick -> {
                plain.event("arrived").emit();
                return "ok";
              })
          .then(client.get().retrieve().toBodilessEntity())
          .thenReturn("ok");
    }
  }
}
