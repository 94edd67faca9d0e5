package io.otlpevents.benchmarks;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.annotation.Observed;
import io.micrometer.observation.aop.ObservedAspect;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.annotations.SpanAttribute;
import io.opentelemetry.instrumentation.annotations.WithSpan;
import io.opentelemetry.instrumentation.spring.autoconfigure.internal.instrumentation.annotations.InstrumentationAnnotationsAutoConfiguration;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.otlpevents.EventEmitter;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.aop.EmitEventAspect;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.springframework.aop.Advisor;
import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.stereotype.Component;

/** One bean behind a class proxy, as Spring Boot would make it, and what records its calls. */
public final class AspectServices implements AutoCloseable {

  /** How calls are recorded. */
  public enum Kind {
    /** Not at all; the proxy has an interceptor that only proceeds. */
    BARE,
    /** {@code @EmitEvent} with three attributes, into the journal. */
    EMIT_EVENT,
    /** {@code @WithSpan} with three attributes, into OpenTelemetry's batch processor. */
    WITH_SPAN,
    /** {@code @Observed} with Micrometer's bridge to OpenTelemetry, into its batch processor. */
    OBSERVED
  }

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final List<Runnable> closing = new ArrayList<>();
  private Service service = new Bare();
  private LongSupplier recorded = () -> 0;

  private AspectServices() {}

  static AspectServices none() {
    return new AspectServices();
  }

  static AspectServices start(Kind kind) {
    AspectServices services = new AspectServices();
    AopConfigUtils.registerAspectJAnnotationAutoProxyCreatorIfNecessary(services.context);
    AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(services.context);
    switch (kind) {
      case BARE -> services.bare();
      case EMIT_EVENT -> services.emitEvent();
      case WITH_SPAN -> services.withSpan();
      case OBSERVED -> services.observed();
    }
    services.context.refresh();
    services.service = services.context.getBean(Service.class);
    return services;
  }

  Service service() {
    return service;
  }

  /** How many calls have become events or spans, after all of them have arrived. */
  long recorded() {
    return recorded.getAsLong();
  }

  @Override
  public void close() {
    if (context.isActive()) {
      context.close();
    }
    closing.forEach(Runnable::run);
  }

  private void bare() {
    context.registerBean(
        DefaultPointcutAdvisor.class,
        () ->
            new DefaultPointcutAdvisor(
                AnnotationMatchingPointcut.forClassAnnotation(Component.class),
                (MethodInterceptor) MethodInvocation::proceed));
    context.registerBean(Bare.class);
  }

  private void emitEvent() {
    EngineClient engine = EngineClient.discarding();
    closing.add(engine::close);
    recorded =
        () -> {
          engine.flush(Duration.ofSeconds(30));
          return engine.delivered();
        };
    context.registerBean(EventEmitter.class, engine::emitter);
    EmitEventAspect aspect = new EmitEventAspect(context, true);
    context.registerBean(EmitEventAspect.class, () -> aspect);
    context.registerBean("emitEventAdvisor", Advisor.class, aspect::aroundTransactions);
    context.registerBean(Emitting.class);
  }

  private void withSpan() {
    OpenTelemetrySdk sdk = sdk();
    Object aspect = withSpanAspect(sdk);
    register("aspect", aspect.getClass(), aspect);
    context.registerBean(Spanning.class);
  }

  private <T> void register(String name, Class<T> type, Object bean) {
    context.registerBean(name, type, () -> type.cast(bean));
  }

  /** The aspect of OpenTelemetry's own starter, whose class is not public. */
  private static Object withSpanAspect(OpenTelemetry sdk) {
    try {
      Method factory =
          InstrumentationAnnotationsAutoConfiguration.class.getDeclaredMethod(
              "otelInstrumentationWithSpanAspect", OpenTelemetry.class);
      factory.setAccessible(true);
      return factory.invoke(new InstrumentationAnnotationsAutoConfiguration(), sdk);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private void observed() {
    OpenTelemetrySdk sdk = sdk();
    Tracer tracer =
        new OtelTracer(sdk.getTracer("benchmark"), new OtelCurrentTraceContext(), event -> {});
    ObservationRegistry registry = ObservationRegistry.create();
    ObservationHandler<Observation.Context> handler = new DefaultTracingObservationHandler(tracer);
    registry.observationConfig().observationHandler(handler);
    context.registerBean(ObservedAspect.class, () -> new ObservedAspect(registry));
    context.registerBean(Observing.class);
  }

  private OpenTelemetrySdk sdk() {
    Discarding exporter = new Discarding();
    OpenTelemetrySdk sdk =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                    .build())
            .build();
    closing.add(sdk::close);
    recorded =
        () -> {
          sdk.getSdkTracerProvider().forceFlush().join(30, TimeUnit.SECONDS);
          return exporter.spans.sum();
        };
    return sdk;
  }

  /** What a caller hands in and gets back. */
  record Order(String id, String customer, double total) {}

  /** What is called. */
  interface Service {

    Order place(String id, String customer, double total, Order order);
  }

  /** Not recorded. */
  @Component
  static class Bare implements Service {

    @Override
    public Order place(String id, String customer, double total, Order order) {
      return order;
    }
  }

  /** Recorded by this project. */
  static class Emitting implements Service {

    @Override
    @EmitEvent(
        value = "order.placed",
        attributes = {"order.id=#id", "customer.id=#order.customer", "order.total=#result.total"})
    public Order place(String id, String customer, double total, Order order) {
      return order;
    }
  }

  /** Recorded by OpenTelemetry, which knows no parts of arguments and no results. */
  static class Spanning implements Service {

    @Override
    @WithSpan("order.placed")
    public Order place(
        @SpanAttribute("order.id") String id,
        @SpanAttribute("customer.id") String customer,
        @SpanAttribute("order.total") double total,
        Order order) {
      return order;
    }
  }

  /** Recorded by Micrometer. */
  static class Observing implements Service {

    @Override
    @Observed(
        name = "order.placed",
        lowCardinalityKeyValues = {"order.id", "o-1", "customer.id", "c-1", "order.total", "1"})
    public Order place(String id, String customer, double total, Order order) {
      return order;
    }
  }

  private static final class Discarding implements SpanExporter {

    private final LongAdder spans = new LongAdder();

    @Override
    public CompletableResultCode export(Collection<SpanData> batch) {
      spans.add(batch.size());
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}
