package io.otlpevents.propagation;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.BaggageBuilder;
import io.opentelemetry.api.baggage.BaggageEntryMetadata;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code baggage} by the W3C's specification. Malformed members are left out, the
 * others stay. Baggage that nobody changed leaves as it came, with its encoding and its properties.
 *
 * <p>Reading never throws for the sake of what a sender wrote, and stops at the limits.
 *
 * <p>Safe for any number of threads.
 *
 * @see <a href="https://www.w3.org/TR/baggage/">W3C Baggage</a>
 */
public final class W3cBaggagePropagator implements TextMapPropagator {

  static final String BAGGAGE = "baggage";

  private static final List<String> FIELDS = List.of(BAGGAGE);
  private static final ContextKey<Arrived> ARRIVED = ContextKey.named("otlpevents-baggage");

  private final BaggageLimits limits;

  /** Creates a propagator. */
  public W3cBaggagePropagator(BaggageLimits limits) {
    this.limits = limits;
  }

  @Override
  public Collection<String> fields() {
    return FIELDS;
  }

  @Override
  public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
    if (context == null || setter == null) {
      return;
    }
    Baggage baggage = Baggage.fromContext(context);
    if (baggage.isEmpty()) {
      return;
    }
    Arrived arrived = context.get(ARRIVED);
    String header =
        arrived != null && arrived.baggage == baggage
            ? arrived.header
            : BaggageText.format(baggage, limits);
    if (!header.isEmpty()) {
      setter.set(carrier, BAGGAGE, header);
    }
  }

  @Override
  public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
    if (context == null) {
      return Context.root();
    }
    if (carrier == null || getter == null) {
      return context;
    }
    Iterator<String> lines = getter.getAll(carrier, BAGGAGE);
    if (!lines.hasNext()) {
      return context;
    }
    BaggageBuilder builder = Baggage.builder();
    StringBuilder header = new StringBuilder();
    int members = 0;
    // An empty line counts as one byte, so that a sender cannot keep this busy for nothing.
    for (int budget = limits.maxBytes(); lines.hasNext() && budget > 0; ) {
      String line = lines.next();
      int to = Math.min(line.length(), budget);
      budget -= to + 1;
      // A member that the limit cuts through is not used.
      boolean whole = to == line.length();
      for (int at = 0; at < to; ) {
        int comma = line.indexOf(',', at);
        if (!whole && (comma < 0 || comma >= to)) {
          break;
        }
        int next = comma < 0 ? to : comma;
        int start = Ows.skip(line, at, next);
        int end = Ows.trim(line, start, next);
        at = next + 1;
        if (start < end && add(line, start, end, builder)) {
          header.append(header.isEmpty() ? "" : ",").append(line, start, end);
          if (++members == limits.maxMembers()) {
            budget = 0;
            break;
          }
        }
      }
    }
    if (members == 0) {
      return context;
    }
    Baggage baggage = builder.build();
    return context.with(baggage).with(ARRIVED, new Arrived(baggage, header.toString()));
  }

  /** Reads one member. */
  private static boolean add(String line, int from, int to, BaggageBuilder builder) {
    int semicolon = line.indexOf(';', from);
    int end = semicolon < 0 || semicolon > to ? to : semicolon;
    int equals = line.indexOf('=', from);
    if (equals < 0 || equals >= end) {
      return false;
    }
    int keyEnd = Ows.trim(line, from, equals);
    int valueStart = Ows.skip(line, equals + 1, end);
    int valueEnd = Ows.trim(line, valueStart, end);
    if (!BaggageText.isToken(line, from, keyEnd)
        || !BaggageText.isValue(line, valueStart, valueEnd)) {
      return false;
    }
    String metadata = "";
    if (end < to) {
      int start = Ows.skip(line, end + 1, to);
      if (!BaggageText.isText(line, start, to)) {
        return false;
      }
      metadata = line.substring(start, to);
    }
    builder.put(
        line.substring(from, keyEnd),
        BaggageText.decode(line.substring(valueStart, valueEnd)),
        BaggageEntryMetadata.create(metadata));
    return true;
  }

  @Override
  public String toString() {
    return "W3cBaggagePropagator";
  }

  /**
   * Baggage and the header it came in.
   *
   * @param baggage compared by identity: whoever changes baggage makes new one
   * @param header without malformed members
   */
  private record Arrived(Baggage baggage, String header) {}
}
