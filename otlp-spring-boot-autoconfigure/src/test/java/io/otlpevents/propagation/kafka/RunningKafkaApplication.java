package io.otlpevents.propagation.kafka;

import io.otlpevents.EventEmitter;
import io.otlpevents.propagation.contract.CollectedEvents;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An application in this process. */
public final class RunningKafkaApplication extends KafkaApplication {

  private final ConfigurableApplicationContext context;

  RunningKafkaApplication(String... properties) {
    this(List.of(KafkaTestApplication.class, OpenTelemetrySpans.class), properties);
  }

  RunningKafkaApplication(List<Class<?>> types, String... properties) {
    context =
        new SpringApplicationBuilder(types.toArray(Class<?>[]::new))
            .web(WebApplicationType.NONE)
            .properties(with(properties).toArray(String[]::new))
            .run();
    listen();
  }

  /** Next to a tracer with a {@link SpanRecorder} of its own. */
  public static RunningKafkaApplication with(Class<?> tracer, String... properties) {
    return new RunningKafkaApplication(List.of(KafkaTestApplication.class, tracer), properties);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  CollectedEvents events() {
    if (!bean(EventEmitter.class).flush(Duration.ofSeconds(20)).complete()) {
      throw new AssertionError("events were not delivered in time");
    }
    return bean(CollectedEvents.class);
  }

  @Override
  public String event(String name) {
    CollectedEvents events = events();
    return events.traceId(name) + "-" + events.spanId(name);
  }

  @Override
  public List<SeenSpan> spans() {
    return bean(SpanRecorder.class).spans();
  }

  @Override
  public void awaitIdle() {
    bean(WatchedConsumers.class).awaitIdle();
  }

  @Override
  public void assertNoContextWasLeft() {
    bean(WatchedConsumers.class).assertNoContextWasLeft();
  }

  @Override
  void forget() {
    awaitIdle();
    bean(SpanRecorder.class).clear();
    events().clear();
    super.forget();
  }

  @Override
  public void close() {
    super.close();
    context.close();
  }
}
