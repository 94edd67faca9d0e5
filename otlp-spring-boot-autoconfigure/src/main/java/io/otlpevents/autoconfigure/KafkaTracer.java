package io.otlpevents.autoconfigure;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Finds who makes the spans of Kafka's records. Nobody until all beans are there, where the user
 * wants none, and where OpenTelemetry's agent or starter makes them already.
 */
final class KafkaTracer implements Supplier<@Nullable Tracer>, SmartInitializingSingleton {

  /** Of OpenTelemetry's starter, where its instrumentation of Kafka is on. */
  private static final String STARTERS_INSTRUMENTATION = "otelKafkaProducerFactoryCustomizer";

  private final boolean wanted;
  private final ListableBeanFactory beans;
  private final TraceStackDetection stacks;
  private volatile @Nullable Tracer found;

  KafkaTracer(boolean wanted, ListableBeanFactory beans, TraceStackDetection stacks) {
    this.wanted = wanted;
    this.beans = beans;
    this.stacks = stacks;
  }

  @Override
  public void afterSingletonsInstantiated() {
    if (wanted && !beans.containsBean(STARTERS_INSTRUMENTATION)) {
      OpenTelemetry openTelemetry = stacks.spanMaker();
      found =
          openTelemetry == null ? null : openTelemetry.getTracer("io.otlpevents.propagation.kafka");
    }
  }

  @Override
  public @Nullable Tracer get() {
    return found;
  }
}
