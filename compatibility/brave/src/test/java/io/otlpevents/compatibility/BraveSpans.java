package io.otlpevents.compatibility;

import brave.handler.MutableSpan;
import brave.handler.SpanHandler;
import brave.propagation.TraceContext;
import io.opentelemetry.api.trace.SpanKind;
import io.otlpevents.propagation.kafka.SeenSpan;
import io.otlpevents.propagation.kafka.SpanRecorder;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Keeps the spans that Brave makes. */
@Configuration(proxyBeanMethods = false)
class BraveSpans {

  @Bean
  KeptSpans keptSpans() {
    return new KeptSpans();
  }

  static final class KeptSpans extends SpanHandler implements SpanRecorder {

    private final List<SeenSpan> spans = new CopyOnWriteArrayList<>();

    @Override
    public boolean end(TraceContext context, MutableSpan span, Cause cause) {
      // Spring Kafka forgets to end some, which Brave tells of whenever they are collected.
      if (cause != Cause.ORPHANED) {
        spans.add(seen(span));
      }
      return true;
    }

    private static SeenSpan seen(MutableSpan span) {
      return new SeenSpan(
          span.traceId(),
          span.id(),
          Objects.requireNonNullElse(span.parentId(), ""),
          span.kind() == null ? SpanKind.INTERNAL : SpanKind.valueOf(span.kind().name()),
          Objects.requireNonNullElse(span.name(), ""),
          List.of());
    }

    @Override
    public List<SeenSpan> spans() {
      return List.copyOf(spans);
    }

    @Override
    public void clear() {
      spans.clear();
    }
  }
}
