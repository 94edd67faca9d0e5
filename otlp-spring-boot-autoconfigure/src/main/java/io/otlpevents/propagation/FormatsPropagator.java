package io.otlpevents.propagation;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Several formats. All are written; of those that come in the first in the list wins. */
final class FormatsPropagator implements TextMapPropagator {

  private final TextMapPropagator[] propagators;
  private final Set<String> fields = new LinkedHashSet<>();

  FormatsPropagator(List<TextMapPropagator> propagators) {
    this.propagators = propagators.toArray(TextMapPropagator[]::new);
    propagators.forEach(propagator -> fields.addAll(propagator.fields()));
  }

  @Override
  public Collection<String> fields() {
    return fields;
  }

  @Override
  public <C> void inject(Context context, @Nullable C carrier, TextMapSetter<C> setter) {
    for (TextMapPropagator propagator : propagators) {
      propagator.inject(context, carrier, setter);
    }
  }

  @Override
  public <C> Context extract(Context context, @Nullable C carrier, TextMapGetter<C> getter) {
    Context result = context;
    for (int i = propagators.length - 1; i >= 0; i--) {
      result = propagators[i].extract(result, carrier, getter);
    }
    return result;
  }
}
