package io.otlpevents.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.otlpevents.EventEmitter;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.delivery.Destination;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Every library that is optional is missing in turn, and events are emitted all the same. The
 * application runs in a class loader of its own, whose class path is that of the tests without the
 * library's archives.
 */
class MissingClassesTests {

  private static final Duration SOON = Duration.ofSeconds(8);

  /**
   * Spring Boot's support for it, and the broker's Jackson, do not work without other libraries.
   */
  private static final String[] KAFKA = {
    "spring-boot-kafka", "spring-kafka", "kafka", "jackson-databind-2", "jackson-datatype"
  };

  private static final String EMITTED = "emitted order.placed, plain";

  @Test
  void hasEverythingWhereEverythingIsThere() throws Exception {
    assertThat(runWithout())
        .contains(
            EMITTED,
            "emittedEventsEndpoint",
            "emittedEventsHealthIndicator",
            "otlpEventMeters",
            "otlpPayloadCodec");
  }

  @ParameterizedTest
  @CsvSource({
    "spring-boot-actuator, emittedEventsEndpoint",
    "spring-boot-health, emittedEventsHealthIndicator",
    "micrometer-, otlpEventMeters",
    "jackson-databind-3, otlpPayloadCodec",
  })
  void leavesOutWhatNeedsTheMissingLibrary(String archive, String bean) throws Exception {
    assertThat(runWithout(archive)).contains(EMITTED).doesNotContain(bean);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spring-boot-micrometer-",
        "spring-boot-opentelemetry+spring-boot-micrometer-tracing-opentelemetry",
        "spring-boot-jackson",
        "spring-boot-docker-compose",
        "spring-boot-testcontainers",
        "spring-tx",
        "spring-kafka",
        "zstd-jni",
      })
  void worksWithout(String archives) throws Exception {
    assertThat(runWithout(archives.split("\\+"))).contains(EMITTED);
  }

  @Test
  void worksWithoutAllOfThem() throws Exception {
    assertThat(
            runWithout(
                "spring-boot-actuator",
                "spring-boot-health",
                "spring-boot-micrometer-",
                "spring-boot-opentelemetry",
                "spring-boot-jackson",
                "spring-boot-docker-compose",
                "spring-boot-testcontainers",
                "testcontainers",
                "spring-tx",
                "micrometer-core",
                "jackson-",
                "zstd-jni"))
        .contains(EMITTED);
  }

  /** The names of the beans, and the events that arrived. */
  @SuppressWarnings("unchecked")
  private static List<String> runWithout(String... archives) throws Exception {
    List<URL> urls = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String file = Path.of(entry).getFileName().toString();
      if (file.endsWith(".jar") && Stream.of(archives).anyMatch(file::startsWith)) {
        missing.add(file);
      } else if (archives.length == 0 || Stream.of(KAFKA).noneMatch(file::startsWith)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
    }
    for (String archive : archives) {
      assertThat(missing).anyMatch(file -> file.startsWith(archive));
    }
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Thread.currentThread().setContextClassLoader(loader);
      Object application =
          loader.loadClass(Application.class.getName()).getDeclaredConstructor().newInstance();
      return (List<String>) ((Callable<?>) application).call();
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  /** Runs in the class loader with missing libraries. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  public static class Application implements Callable<List<String>> {

    @Bean(destroyMethod = "")
    FakeDestination destination() {
      return FakeDestination.answering();
    }

    @Bean
    Shop shop() {
      return new Shop();
    }

    @Override
    public List<String> call() {
      SpringApplication application = new SpringApplication(Application.class);
      application.setRegisterShutdownHook(false);
      try (ConfigurableApplicationContext context =
          application.run(
              "--management.endpoints.web.exposure.include=*",
              "--spring.docker.compose.enabled=false",
              "--spring.main.web-application-type=none",
              "--otlp.events.batch.max-delay=1ms")) {
        context.getBean(Shop.class).place("o-1");
        EventEmitter emitter = context.getBean(EventEmitter.class);
        emitter.event("plain").payload(Map.of("a", 1)).emit();
        emitter.flush(SOON);
        List<String> seen = new ArrayList<>(List.of(context.getBeanDefinitionNames()));
        FakeDestination destination = (FakeDestination) context.getBean(Destination.class);
        seen.add("emitted " + String.join(", ", destination.eventNames()));
        return seen;
      }
    }
  }

  /** Emits by annotation. */
  public static class Shop {

    /** Emits. */
    @EmitEvent(value = "order.placed", attributes = "order.id=#result")
    public String place(String id) {
      return id;
    }
  }
}
