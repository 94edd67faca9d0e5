package io.otlpevents.propagation;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The traces that this library makes up itself, and how they are told from a tracer's. */
final class OwnTrace {

  private static final byte SAMPLED = 0x01;
  private static final byte RANDOM = 0x02;

  /** The identity of the span that this library has put into the same context. */
  private static final ContextKey<SpanContext> HOP = ContextKey.named("otlpevents-hop");

  /** What events get where there is no span; never leaves the application. */
  private static final ContextKey<SpanContext> LOCAL = ContextKey.named("otlpevents-local-trace");

  private OwnTrace() {}

  /** A trace that only events see. */
  static Context withLocalTrace(Context context) {
    return context.with(LOCAL, originate(0.0));
  }

  /** What {@link #withLocalTrace} has put there; invalid if nothing. */
  static SpanContext localTrace(Context context) {
    SpanContext local = context.get(LOCAL);
    return local == null ? SpanContext.getInvalid() : local;
  }

  /** A span of this application's own, below what came in or as the begin of a trace. */
  static Context withHop(Context context, SpanContext arrived, double sampledRatio) {
    SpanContext hop = arrived.isValid() ? below(arrived) : originate(sampledRatio);
    return context.with(HOP, hop).with(Span.wrap(hop));
  }

  /** Whether the span is one that {@link #withHop} has put there. */
  static boolean isHop(Context context, SpanContext span) {
    @Nullable SpanContext hop = context.get(HOP);
    return hop != null && hop == span;
  }

  /** The same trace with a new span id. */
  static SpanContext below(SpanContext parent) {
    return SpanContext.create(
        parent.getTraceId(), newSpanId(), parent.getTraceFlags(), parent.getTraceState());
  }

  /** A new trace. */
  static SpanContext originate(double sampledRatio) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long low = random.nextLong();
    // The decision that consistent probability samplers come to: by the last 56 bits of the id.
    boolean sampled = (low & 0xFF_FFFF_FFFF_FFFFL) >= (1.0 - sampledRatio) * 0x1p56;
    return SpanContext.create(
        TraceId.fromLongs(random.nextLong(), low == 0 ? 1 : low),
        newSpanId(),
        TraceFlags.fromByte(sampled ? SAMPLED | RANDOM : RANDOM),
        TraceState.getDefault());
  }

  private static String newSpanId() {
    long id = ThreadLocalRandom.current().nextLong();
    return SpanId.fromLong(id == 0 ? 1 : id);
  }
}
