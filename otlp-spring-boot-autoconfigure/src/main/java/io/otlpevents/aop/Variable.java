package io.otlpevents.aop;

import io.otlpevents.SensitiveValue;
import io.otlpevents.Sensitivity;
import org.jspecify.annotations.Nullable;

/**
 * What an expression can name.
 *
 * @param index the argument's position, or {@link Call#RESULT}, or {@link Call#ERROR}
 * @param type what it is declared to be
 * @param sensitivity what is recorded instead of it; null if it is not sensitive
 */
record Variable(int index, Class<?> type, @Nullable Sensitivity sensitivity) implements CallValue {

  @Override
  public @Nullable Object read(Call call) {
    return of(call, true);
  }

  /** Its value; marked as sensitive if it is and will be recorded. */
  @Nullable Object of(Call call, boolean recorded) {
    Object value = call.variable(index);
    return recorded && sensitivity != null && value != null
        ? SensitiveValue.of(value, sensitivity)
        : value;
  }
}
