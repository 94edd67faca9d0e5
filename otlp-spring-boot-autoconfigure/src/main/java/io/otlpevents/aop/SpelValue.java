package io.otlpevents.aop;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.SpelEvaluationException;
import org.springframework.expression.spel.SpelMessage;

/**
 * An expression that is more than a {@link PropertyPath}. Null on the way to a value is null.
 *
 * @param recorded whether the value leaves the application, so that sensitive ones are marked
 */
record SpelValue(Expression expression, Map<String, Variable> variables, boolean recorded)
    implements CallValue {

  @Override
  public @Nullable Object read(Call call) {
    try {
      return expression.getValue(new CallContext(variables, call, recorded));
    } catch (SpelEvaluationException e) {
      SpelMessage code = e.getMessageCode();
      if (code == SpelMessage.PROPERTY_OR_FIELD_NOT_READABLE_ON_NULL
          || code == SpelMessage.CANNOT_INDEX_INTO_NULL_VALUE) {
        return null; // for example the result of a failed call
      }
      throw e;
    }
  }
}
