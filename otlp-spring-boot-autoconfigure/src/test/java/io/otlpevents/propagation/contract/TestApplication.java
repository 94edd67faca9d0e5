package io.otlpevents.propagation.contract;

import io.otlpevents.EventEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** A running application, and the server that it calls. */
public final class TestApplication implements AutoCloseable {

  /** Takes Spring Boot's tracers out. */
  public static final String ALONE =
      "spring.autoconfigure.exclude="
          + String.join(
              ",",
              "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration");

  public final RawDownstream downstream = new RawDownstream();
  private final ConfigurableApplicationContext context;

  private TestApplication(Class<?> type, WebApplicationType web, List<String> properties) {
    List<String> all = new ArrayList<>(properties);
    all.add("server.port=0");
    all.add("downstream=" + downstream.url());
    all.add("server.tomcat.threads.max=2");
    all.add("server.tomcat.threads.min-spare=2");
    all.add("spring.task.execution.pool.core-size=2");
    all.add("spring.main.banner-mode=off");
    all.add("spring.jmx.enabled=false");
    context =
        new SpringApplicationBuilder(type).web(web).properties(all.toArray(String[]::new)).run();
  }

  public static TestApplication servlet(String... properties) {
    return new TestApplication(
        ServletTestApplication.class, WebApplicationType.SERVLET, List.of(properties));
  }

  public static TestApplication reactive(String... properties) {
    return new TestApplication(
        ReactiveTestApplication.class, WebApplicationType.REACTIVE, List.of(properties));
  }

  /** Both lists of properties. */
  public static String[] with(String[] properties, String... more) {
    return Stream.concat(Arrays.stream(properties), Arrays.stream(more)).toArray(String[]::new);
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  public int port() {
    return ((WebServerApplicationContext) context).getWebServer().getPort();
  }

  /** Sends a request and expects that it was served. */
  public String get(String path, String... headerLines) {
    String response = RawRequest.get(port(), path, headerLines);
    if (!response.startsWith("HTTP/1.1 200")) {
      throw new AssertionError(response);
    }
    return response;
  }

  /** The events so far, all of them. */
  public CollectedEvents events() {
    if (!context.getBean(EventEmitter.class).flush(Duration.ofSeconds(20)).complete()) {
      throw new AssertionError("events were not delivered in time");
    }
    return context.getBean(CollectedEvents.class);
  }

  @Override
  public void close() throws Exception {
    context.close();
    downstream.close();
  }
}
