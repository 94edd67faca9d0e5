package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.EventEmitter;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.delivery.Destination;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

/** Every library that is optional is missing in turn, and events are emitted all the same. */
class MissingClassesTests {

  private static final Duration SOON = Duration.ofSeconds(8);

  private final FakeDestination destination = FakeDestination.answering();
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withUserConfiguration(Application.class)
          .withBean(Destination.class, () -> destination)
          .withBean(Shop.class)
          .withPropertyValues(
              "management.endpoints.web.exposure.include=emittedevents,health",
              "otlp.events.batch.max-delay=1ms");

  @ParameterizedTest
  @CsvSource({
    "org.springframework.boot.actuate, emittedEventsEndpoint",
    "org.springframework.boot.health, emittedEventsHealthIndicator",
    "io.micrometer, otlpEventMeters",
    "tools.jackson, otlpPayloadCodec",
  })
  void leavesOutWhatNeedsTheMissingLibrary(String missing, String bean) {
    runner.run(context -> assertThat(context).hasBean(bean));
    runner
        .withClassLoader(new FilteredClassLoader(missing))
        .run(
            context -> {
              assertThat(context).hasNotFailed().doesNotHaveBean(bean);
              emits(context);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "org.springframework.transaction",
    "org.aspectj",
    "org.springframework.boot.opentelemetry",
    "io.opentelemetry.sdk.logs",
    "com.github.luben.zstd",
    "org.springframework.boot.docker.compose",
    "org.springframework.boot.testcontainers",
    "org.testcontainers",
    "com.fasterxml.jackson",
    "jakarta.servlet",
  })
  void worksWithout(String missing) {
    runner
        .withClassLoader(new FilteredClassLoader(missing))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              emits(context);
            });
  }

  @Test
  void worksWithoutAllOfThem() {
    runner
        .withClassLoader(
            new FilteredClassLoader(
                "org.springframework.boot.actuate",
                "org.springframework.boot.health",
                "org.springframework.boot.opentelemetry",
                "org.springframework.boot.jackson",
                "org.springframework.boot.docker.compose",
                "org.springframework.boot.testcontainers",
                "org.springframework.transaction",
                "io.micrometer",
                "tools.jackson",
                "com.github.luben.zstd"))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              emits(context);
            });
  }

  private void emits(AssertableApplicationContext context) {
    destination.requests.clear();
    Shop shop = context.getBean(Shop.class);
    assertThat(AopUtils.isAopProxy(shop)).isTrue();
    shop.place("o-1");
    EventEmitter emitter = context.getBean(EventEmitter.class);
    emitter.event("plain").payload(Map.of("a", 1)).emit();
    assertThat(emitter.flush(SOON).complete()).isTrue();
    assertThat(destination.eventNames()).containsExactly("order.placed", "plain");
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {}

  static class Shop {

    @EmitEvent(value = "order.placed", attributes = "order.id=#result")
    String place(String id) {
      return id;
    }
  }
}
