package io.otlpevents.propagation;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the W3C's headers by the letter in front of a tracer's propagator, which does not get to
 * see them. Reads only those that the propagator would read, and leaves all others and all writing
 * to it.
 */
public final class StrictPropagator implements TextMapPropagator {

  private final TextMapPropagator delegate;
  private final W3cBaggagePropagator baggage;
  private final boolean readsTrace;
  private final boolean readsBaggage;

  /** Creates a propagator in front of another. */
  public StrictPropagator(TextMapPropagator delegate, BaggageLimits limits) {
    this.delegate = delegate;
    this.baggage = new W3cBaggagePropagator(limits);
    this.readsTrace = reads(delegate, W3cTraceContextPropagator.TRACEPARENT);
    this.readsBaggage = reads(delegate, W3cBaggagePropagator.BAGGAGE);
  }

  private static boolean reads(TextMapPropagator propagator, String field) {
    return propagator.fields().stream().anyMatch(field::equalsIgnoreCase);
  }

  @Override
  public Collection<String> fields() {
    return delegate.fields();
  }

  @Override
  public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
    delegate.inject(context, carrier, setter);
  }

  @Override
  public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
    Context result = delegate.extract(context, carrier, new Without<>(getter));
    if (readsTrace) {
      result = W3cTraceContextPropagator.getInstance().extract(result, carrier, getter);
    }
    return readsBaggage ? withBaggage(result, carrier, getter) : result;
  }

  /** Members that the tracer has read from headers of its own stay. */
  private <C> Context withBaggage(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
    Context read = baggage.extract(context, carrier, getter);
    Baggage before = Baggage.fromContext(context);
    if (read == context || before.isEmpty()) {
      return read;
    }
    BaggageBuilder both = Baggage.fromContext(read).toBuilder();
    before.forEach((key, entry) -> both.put(key, entry.getValue(), entry.getMetadata()));
    return read.with(both.build());
  }

  @Override
  public String toString() {
    return "StrictPropagator(" + delegate + ")";
  }

  /** What is left for the tracer. */
  private record Without<C>(TextMapGetter<C> getter) implements TextMapGetter<C> {

    private static boolean isRead(String key) {
      return key.equalsIgnoreCase(W3cTraceContextPropagator.TRACEPARENT)
          || key.equalsIgnoreCase(W3cTraceContextPropagator.TRACESTATE)
          || key.equalsIgnoreCase(W3cBaggagePropagator.BAGGAGE);
    }

    @Override
    public Iterable<String> keys(C carrier) {
      List<String> left = new ArrayList<>();
      getter
          .keys(carrier)
          .forEach(
              key -> {
                if (!isRead(key)) {
                  left.add(key);
                }
              });
      return left;
    }

    @Override
    public @Nullable String get(@Nullable C carrier, String key) {
      return isRead(key) ? null : getter.get(carrier, key);
    }

    @Override
    public Iterator<String> getAll(@Nullable C carrier, String key) {
      return isRead(key) ? List.<String>of().iterator() : getter.getAll(carrier, key);
    }
  }
}
