package io.otlpevents.autoconfigure;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import io.otlpevents.propagation.TraceStack;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;

/** A tracer that Micrometer Tracing fronts and that is not OpenTelemetry's, such as Brave. */
final class MicrometerStack implements TraceStack {

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  private MicrometerStack(Tracer tracer, @Nullable Propagator propagator) {
    this.tracer = tracer;
    this.propagator =
        propagator == null ? TextMapPropagator.noop() : new CurrentSpanPropagator(propagator);
  }

  /** The tracer's stack, or null if there is none, or one that does nothing, or several. */
  static @Nullable MicrometerStack find(ListableBeanFactory beans) {
    Tracer tracer = beans.getBeanProvider(Tracer.class).getIfUnique();
    return tracer == null || tracer == Tracer.NOOP
        ? null
        : new MicrometerStack(tracer, beans.getBeanProvider(Propagator.class).getIfUnique());
  }

  /** Whether the tracer is a front of OpenTelemetry's. */
  boolean isOpenTelemetry() {
    return tracer.getClass().getName().startsWith("io.micrometer.tracing.otel.");
  }

  @Override
  public String name() {
    return isOpenTelemetry()
        ? "Spring Boot's OpenTelemetry"
        : "Micrometer Tracing (" + tracer.getClass().getSimpleName() + ")";
  }

  @Override
  public boolean usesOpenTelemetryContext() {
    return isOpenTelemetry();
  }

  @Override
  public SpanContext currentSpan() {
    Span span = tracer.currentSpan();
    return span == null ? SpanContext.getInvalid() : spanContext(span.context());
  }

  @Override
  public Runnable wrap(Runnable task) {
    return tracer.currentSpan() == null ? task : tracer.currentTraceContext().wrap(task);
  }

  private static SpanContext spanContext(TraceContext context) {
    String traceId = context.traceId();
    return SpanContext.create(
        // Zipkin's tracers may use ids of 64 bits.
        traceId.length() == 16 ? "0000000000000000" + traceId : traceId,
        context.spanId(),
        Boolean.TRUE.equals(context.sampled()) ? TraceFlags.getSampled() : TraceFlags.getDefault(),
        TraceState.getDefault());
  }

  @Override
  public TextMapPropagator propagator() {
    return propagator;
  }

  /** Writes the span that is current on this thread; reading is left to the tracer. */
  private final class CurrentSpanPropagator implements TextMapPropagator {

    private final Propagator delegate;

    CurrentSpanPropagator(Propagator delegate) {
      this.delegate = delegate;
    }

    @Override
    public Collection<String> fields() {
      return delegate.fields();
    }

    @Override
    public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
      Span span = tracer.currentSpan();
      if (span != null) {
        delegate.inject(span.context(), carrier, setter::set);
      }
    }

    @Override
    public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
      return context;
    }
  }
}
