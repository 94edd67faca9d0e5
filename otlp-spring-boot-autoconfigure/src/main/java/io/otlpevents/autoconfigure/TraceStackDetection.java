package io.otlpevents.autoconfigure;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.otlpevents.propagation.TraceStack;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.ClassUtils;

/**
 * Finds the application's tracers among its beans, and the agent. Knows nothing until all beans are
 * there: asking earlier would create them in an order that nobody expects.
 */
final class TraceStackDetection
    implements Supplier<@Nullable List<TraceStack>>, SmartInitializingSingleton {

  private static final String AGENT = "io.opentelemetry.javaagent.bootstrap.AgentInitializer";
  private static final String OPENTELEMETRY_STARTER =
      "io.opentelemetry.instrumentation.spring.autoconfigure.OpenTelemetryAutoConfiguration";
  private static final String MICROMETER_TRACING = "io.micrometer.tracing.Tracer";

  /** How Spring Boot names the beans that are there even if nothing makes spans. */
  private static final Set<String> SPRING_BOOT =
      Set.of("openTelemetrySdk", "disabledOpenTelemetrySdk");

  private final ListableBeanFactory beans;
  private volatile @Nullable List<TraceStack> found;

  TraceStackDetection(ListableBeanFactory beans) {
    this.beans = beans;
  }

  @Override
  public void afterSingletonsInstantiated() {
    found = find();
  }

  @Override
  public @Nullable List<TraceStack> get() {
    return found;
  }

  private List<TraceStack> find() {
    List<TraceStack> stacks =
        new ArrayList<>(beans.getBeanProvider(TraceStack.class).orderedStream().toList());
    boolean agent = isAgentPresent();
    if (agent) {
      stacks.add(new OpenTelemetryStack("OpenTelemetry's Java agent", globalPropagator(), true));
    }
    TraceStack openTelemetry = openTelemetry();
    if (openTelemetry != null) {
      stacks.add(openTelemetry);
    }
    ClassLoader loader = getClass().getClassLoader();
    if (ClassUtils.isPresent(MICROMETER_TRACING, loader)) {
      MicrometerStack micrometer = MicrometerStack.find(beans);
      if (micrometer != null && !isCovered(micrometer, openTelemetry, loader)) {
        stacks.add(micrometer.isOpenTelemetry() ? fronted(micrometer) : micrometer);
      }
    }
    if (stacks.isEmpty() && GlobalOpenTelemetry.isSet()) {
      stacks.add(new OpenTelemetryStack("GlobalOpenTelemetry", globalPropagator()));
    }
    return stacks;
  }

  private static boolean isAgentPresent() {
    try {
      Class.forName(AGENT, false, null);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static TextMapPropagator globalPropagator() {
    return GlobalOpenTelemetry.getOrNoop().getPropagators().getTextMapPropagator();
  }

  private @Nullable TraceStack openTelemetry() {
    OpenTelemetry bean = beans.getBeanProvider(OpenTelemetry.class).getIfUnique();
    if (bean == null || bean == OpenTelemetry.noop()) {
      return null;
    }
    ContextPropagators propagators = beans.getBeanProvider(ContextPropagators.class).getIfUnique();
    boolean springBoots =
        SPRING_BOOT.stream()
            .anyMatch(name -> beans.containsBean(name) && beans.getBean(name) == bean);
    if (!springBoots) {
      return new OpenTelemetryStack("OpenTelemetry", propagator(bean, propagators));
    }
    return propagators == null && beans.getBeanNamesForType(TracerProvider.class).length == 0
        ? null
        : new OpenTelemetryStack("Spring Boot's OpenTelemetry", propagator(bean, propagators));
  }

  /**
   * Who makes spans for code that asks OpenTelemetry's API. For use once all beans are there.
   *
   * @return null if nobody does, or the agent, which makes those of libraries itself
   */
  @Nullable OpenTelemetry spanMaker() {
    if (isAgentPresent() || beans.containsBean("disabledOpenTelemetrySdk")) {
      return null;
    }
    OpenTelemetry bean = beans.getBeanProvider(OpenTelemetry.class).getIfUnique();
    if (bean != null) {
      return openTelemetry() == null ? null : bean;
    }
    return GlobalOpenTelemetry.isSet() ? GlobalOpenTelemetry.getOrNoop() : null;
  }

  private static TextMapPropagator propagator(
      OpenTelemetry openTelemetry, @Nullable ContextPropagators propagators) {
    return (propagators != null ? propagators : openTelemetry.getPropagators())
        .getTextMapPropagator();
  }

  /** Whether Micrometer's tracer is only the front of what has been found. */
  private boolean isCovered(
      MicrometerStack micrometer, @Nullable TraceStack openTelemetry, ClassLoader loader) {
    return micrometer.isOpenTelemetry()
        && openTelemetry != null
        && !(ClassUtils.isPresent(OPENTELEMETRY_STARTER, loader)
            && beans.containsBean("openTelemetry")
            && beans.getBean("openTelemetry").getClass().getName().startsWith("io.opentelemetry."));
  }

  private TraceStack fronted(MicrometerStack micrometer) {
    ContextPropagators propagators = beans.getBeanProvider(ContextPropagators.class).getIfUnique();
    return new OpenTelemetryStack(
        micrometer.name(),
        propagators == null ? TextMapPropagator.noop() : propagators.getTextMapPropagator());
  }
}
