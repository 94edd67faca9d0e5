package io.otlpevents.propagation;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.context.Context;
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
    String header =
        baggage instanceof ArrivedBaggage arrived
            ? arrived.header()
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
    String first = lines.next();
    String header = !lines.hasNext() && isWhatWouldLeave(first) ? first : wellFormed(first, lines);
    return header.isEmpty() ? context : context.with(new ArrivedBaggage(header));
  }

  /** Whether a header can be passed on as it is, which most can. */
  private boolean isWhatWouldLeave(String header) {
    int length = header.length();
    if (length > limits.maxBytes()) {
      return false;
    }
    int members = 0;
    for (int at = 0; at <= length; ) {
      int comma = header.indexOf(',', at);
      int next = comma < 0 ? length : comma;
      if (at == next
          || Ows.skip(header, at, next) != at
          || Ows.trim(header, at, next) != next
          || ++members > limits.maxMembers()
          || !BaggageMember.isValid(header, at, next)) {
        return false;
      }
      at = next + 1;
    }
    return true;
  }

  /** The members that are well-formed and within the limits; empty if there are none. */
  private String wellFormed(String first, Iterator<String> more) {
    StringBuilder header = new StringBuilder();
    int members = 0;
    @Nullable String line = first;
    // An empty line counts as one byte, so that a sender cannot keep this busy for nothing.
    for (int budget = limits.maxBytes(); line != null && budget > 0; ) {
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
        if (start < end && BaggageMember.isValid(line, start, end)) {
          header.append(header.isEmpty() ? "" : ",").append(line, start, end);
          if (++members == limits.maxMembers()) {
            return header.toString();
          }
        }
      }
      line = more.hasNext() ? more.next() : null;
    }
    return header.toString();
  }

  @Override
  public String toString() {
    return "W3cBaggagePropagator";
  }
}
