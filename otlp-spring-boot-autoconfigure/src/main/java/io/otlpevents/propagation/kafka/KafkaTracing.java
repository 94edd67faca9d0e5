package io.otlpevents.propagation.kafka;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.otlpevents.propagation.TracePropagation;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Decides what becomes current for a record or a batch. Never throws. */
final class KafkaTracing {

  private static final Log log = LogFactory.getLog(KafkaTracing.class);

  private final AtomicBoolean told = new AtomicBoolean();
  final TracePropagation propagation;
  private final Supplier<? extends @Nullable Tracer> tracer;

  KafkaTracing(TracePropagation propagation, Supplier<? extends @Nullable Tracer> tracer) {
    this.propagation = propagation;
    this.tracer = tracer;
  }

  /** Makes spans; null if there is nobody who does, or somebody else does. */
  @Nullable Tracer tracer() {
    return tracer.get();
  }

  /** The context that a record carries, whatever is current; null for none. */
  @Nullable Context carriedBy(Headers headers) {
    return propagation.incoming(Context.root(), headers, RecordHeaderGetter.INSTANCE);
  }

  /**
   * Opens the context of a record.
   *
   * @return null if nothing has to be opened
   */
  @Nullable OpenContext open(ConsumerRecord<?, ?> record, @Nullable Consumer<?, ?> consumer) {
    try {
      Context current = Context.current();
      if (Span.fromContext(current).getSpanContext().isValid()) {
        return null;
      }
      Context arrived =
          propagation.incoming(current, record.headers(), RecordHeaderGetter.INSTANCE);
      Tracer spans = tracer();
      if (spans == null) {
        return arrived == null ? null : OpenContext.of(arrived, null);
      }
      Context parent = arrived == null ? current : arrived;
      Span span =
          KafkaSpans.process(spans, parent, record, clientId(consumer), SpanContext.getInvalid());
      return OpenContext.of(parent.with(span), span);
    } catch (RuntimeException e) {
      tell(e);
      return null;
    }
  }

  /**
   * Opens what the records of a batch have in common.
   *
   * @param spans whether to make one
   * @return null if nothing has to be opened
   */
  @Nullable OpenContext open(
      ConsumerRecords<?, ?> records, Consumer<?, ?> consumer, boolean spans) {
    try {
      Context current = Context.current();
      if (records.isEmpty() || Span.fromContext(current).getSpanContext().isValid()) {
        return null;
      }
      Set<SpanContext> created = new LinkedHashSet<>();
      Context common = common(current, records, created);
      Tracer maker = spans ? tracer() : null;
      if (maker == null) {
        return common == null ? null : OpenContext.of(common, null);
      }
      Context parent = common == null ? current : common;
      Span span = KafkaSpans.process(maker, parent, records, clientId(consumer), created);
      return OpenContext.of(
          common == null && !created.isEmpty()
              ? KafkaSpans.ofSeveralTraces(parent, span)
              : parent.with(span),
          span);
    } catch (RuntimeException e) {
      tell(e);
      return null;
    }
  }

  /**
   * The context that holds for all records.
   *
   * @param created gets the distinct contexts that the records carry
   */
  private @Nullable Context common(
      Context current, ConsumerRecords<?, ?> records, Set<SpanContext> created) {
    List<ConsumerRecord<?, ?>> carriers = new ArrayList<>();
    for (ConsumerRecord<?, ?> record : records) {
      if (carriesTrace(record.headers())) {
        carriers.add(record);
      }
    }
    Context common = null;
    boolean several = carriers.size() < records.count();
    for (ConsumerRecord<?, ?> record : carriers) {
      Context context = carriedBy(record.headers());
      SpanContext span =
          context == null ? SpanContext.getInvalid() : Span.fromContext(context).getSpanContext();
      if (context == null || !span.isValid()) {
        several = true;
      } else {
        created.add(span);
        if (common == null) {
          common = context;
        } else if (!sameTrace(common, span)) {
          several = true;
        } else if (!Baggage.fromContext(common).equals(Baggage.fromContext(context))) {
          common = common.with(Baggage.empty());
        }
      }
    }
    if (common != null && !several) {
      return common;
    }
    // Events of one batch get a trace of their own in common, unless it would leave the application
    // with records that have a trace already.
    Context none = propagation.incoming(current, new RecordHeaders(), RecordHeaderGetter.INSTANCE);
    boolean leaves = none != null && Span.fromContext(none).getSpanContext().isValid();
    return leaves && common != null ? null : none;
  }

  private static boolean sameTrace(Context context, SpanContext span) {
    return Span.fromContext(context).getSpanContext().getTraceId().equals(span.getTraceId());
  }

  private boolean carriesTrace(Headers headers) {
    for (String field : propagation.fields()) {
      if (headers.lastHeader(field) != null) {
        return true;
      }
    }
    return false;
  }

  static @Nullable String clientId(@Nullable Consumer<?, ?> consumer) {
    return consumer == null ? null : KafkaSpans.clientId(consumer.metrics());
  }

  /** Somebody's tracer failed, which is no reason to fail the message. */
  void tell(RuntimeException e) {
    if (told.compareAndSet(false, true)) {
      log.warn("A message is handled without its trace; this is not told again", e);
    }
  }
}
