package io.otlpevents.propagation.contract;

import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.otlpevents.EventEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** An application in this process. */
public final class TestApplication implements RunningApplication {

  /** Takes Spring Boot's tracers out. */
  public static final String ALONE =
      "spring.autoconfigure.exclude="
          + String.join(
              ",",
              "org.springframework.boot.opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
              "org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration");

  private final RawDownstream downstream = new RawDownstream();
  private final ConfigurableApplicationContext context;

  private TestApplication(WebApplicationType web, List<Class<?>> more, List<String> properties) {
    context = run(web, more, downstream.url(), properties);
  }

  /**
   * Starts the application alone.
   *
   * @param more further configuration, such as that of a tracer
   * @param downstream what it calls
   */
  public static ConfigurableApplicationContext run(
      WebApplicationType web, List<Class<?>> more, String downstream, List<String> properties) {
    List<Class<?>> types = new ArrayList<>(more);
    types.add(
        web == WebApplicationType.SERVLET
            ? ServletTestApplication.class
            : ReactiveTestApplication.class);
    List<String> all = new ArrayList<>(properties);
    all.add("server.port=0");
    all.add("downstream=" + downstream);
    all.add("server.tomcat.threads.max=2");
    all.add("server.tomcat.threads.min-spare=2");
    all.add("spring.task.execution.pool.core-size=2");
    all.add("spring.main.banner-mode=off");
    all.add("spring.jmx.enabled=false");
    return new SpringApplicationBuilder(types.toArray(Class<?>[]::new))
        .web(web)
        .properties(all.toArray(String[]::new))
        .run();
  }

  public static TestApplication servlet(String... properties) {
    return servlet(List.of(), properties);
  }

  /** With further configuration, such as that of a tracer. */
  public static TestApplication servlet(List<Class<?>> more, String... properties) {
    return new TestApplication(WebApplicationType.SERVLET, more, List.of(properties));
  }

  public static TestApplication reactive(String... properties) {
    return reactive(List.of(), properties);
  }

  /** With further configuration, such as that of a tracer. */
  public static TestApplication reactive(List<Class<?>> more, String... properties) {
    return new TestApplication(WebApplicationType.REACTIVE, more, List.of(properties));
  }

  /** Both lists of properties. */
  public static String[] with(String[] properties, String... more) {
    return Stream.concat(Arrays.stream(properties), Arrays.stream(more)).toArray(String[]::new);
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  @Override
  public RawDownstream downstream() {
    return downstream;
  }

  @Override
  public int port() {
    return port(context);
  }

  /** Where an application serves. */
  public static int port(ApplicationContext context) {
    return ((WebServerApplicationContext) context).getWebServer().getPort();
  }

  @Override
  public CollectedEvents events() {
    return events(context);
  }

  /** The events of an application so far, all of them. */
  public static CollectedEvents events(ApplicationContext context) {
    if (!context.getBean(EventEmitter.class).flush(Duration.ofSeconds(20)).complete()) {
      throw new AssertionError("events were not delivered in time");
    }
    return context.getBean(CollectedEvents.class);
  }

  @Override
  public void forgetEvents() {
    events().clear();
  }

  @Override
  public List<RecordedSpan> spans() {
    return spans(context);
  }

  /** The spans of an application so far; none without a tracer. */
  static List<RecordedSpan> spans(ApplicationContext context) {
    return recorders(context).flatMap(recorder -> recorder.spans().stream()).toList();
  }

  @Override
  public void forgetSpans() {
    forgetSpans(context);
  }

  static void forgetSpans(ApplicationContext context) {
    recorders(context).forEach(SpanRecorder::forget);
  }

  private static Stream<SpanRecorder> recorders(ApplicationContext context) {
    Stream<SpanRecorder> openTelemetry =
        context.getBeanProvider(OpenTelemetrySdk.class).stream()
            .map(sdk -> new OpenTelemetrySpans(sdk, context.getBean(InMemorySpanExporter.class)));
    return Stream.concat(openTelemetry, context.getBeanProvider(SpanRecorder.class).stream());
  }

  @Override
  public void assertNoContextRemains() {
    Threads.assertNoContextRemains(context);
  }

  @Override
  public void close() throws Exception {
    context.close();
    downstream.close();
  }
}
