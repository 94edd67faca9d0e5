package io.otlpevents.compatibility;

import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.ClassUtils;

/** The span that is current, by whoever made it, as {@code traceId-spanId}. */
final class CurrentSpan {

  /** Where there is none. */
  static final String NONE = "none";

  private CurrentSpan() {}

  static String of(BeanFactory beans) {
    SpanContext context = Span.current().getSpanContext();
    if (context.isValid()) {
      return context.getTraceId() + "-" + context.getSpanId();
    }
    return ClassUtils.isPresent("io.micrometer.tracing.Tracer", null)
        ? Micrometer.span(beans)
        : NONE;
  }

  /** Loaded only where Micrometer Tracing is there. */
  private static final class Micrometer {

    static String span(BeanFactory beans) {
      Tracer tracer = beans.getBeanProvider(Tracer.class).getIfAvailable();
      io.micrometer.tracing.Span span = tracer == null ? null : tracer.currentSpan();
      return span == null ? NONE : span.context().traceId() + "-" + span.context().spanId();
    }
  }
}
