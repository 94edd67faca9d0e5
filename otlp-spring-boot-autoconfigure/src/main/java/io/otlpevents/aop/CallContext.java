package io.otlpevents.aop;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.ConstructorResolver;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.IndexAccessor;
import org.springframework.expression.MethodResolver;
import org.springframework.expression.OperatorOverloader;
import org.springframework.expression.PropertyAccessor;
import org.springframework.expression.TypeComparator;
import org.springframework.expression.TypeConverter;
import org.springframework.expression.TypeLocator;
import org.springframework.expression.TypedValue;
import org.springframework.expression.spel.SpelEvaluationException;
import org.springframework.expression.spel.SpelMessage;
import org.springframework.expression.spel.support.StandardOperatorOverloader;
import org.springframework.expression.spel.support.StandardTypeComparator;
import org.springframework.expression.spel.support.StandardTypeConverter;

/**
 * What an expression sees of one call: its arguments, its result, its failure. Reads only, like
 * Spring's {@code SimpleEvaluationContext}, but looks variables up in the arguments' array instead
 * of filling a map for each call.
 */
final class CallContext implements EvaluationContext {

  private static final List<PropertyAccessor> PLAIN = List.of(new ReadOnlyPropertyAccessor(false));
  private static final List<PropertyAccessor> RECORDED =
      List.of(new ReadOnlyPropertyAccessor(true));
  private static final TypeConverter TYPE_CONVERTER = new StandardTypeConverter();
  private static final TypeComparator TYPE_COMPARATOR = new StandardTypeComparator();
  private static final OperatorOverloader OPERATOR_OVERLOADER = new StandardOperatorOverloader();
  private static final TypeLocator NO_TYPES =
      name -> {
        throw new SpelEvaluationException(SpelMessage.TYPE_NOT_FOUND, name);
      };

  private final Map<String, Variable> variables;
  private final Call call;
  private final boolean recorded;

  /**
   * Creates the view of one call.
   *
   * @param variables what may be named
   * @param recorded whether what is read leaves the application, so that sensitive values are
   *     marked
   */
  CallContext(Map<String, Variable> variables, Call call, boolean recorded) {
    this.variables = variables;
    this.call = call;
    this.recorded = recorded;
  }

  @Override
  public @Nullable Object lookupVariable(String name) {
    Variable variable = variables.get(name);
    return variable == null ? null : variable.of(call, recorded);
  }

  @Override
  public void setVariable(String name, @Nullable Object value) {
    throw new UnsupportedOperationException("Expressions of events only read");
  }

  @Override
  public boolean isAssignmentEnabled() {
    return false;
  }

  @Override
  public TypedValue getRootObject() {
    return TypedValue.NULL;
  }

  @Override
  public List<PropertyAccessor> getPropertyAccessors() {
    return recorded ? RECORDED : PLAIN;
  }

  @Override
  public List<IndexAccessor> getIndexAccessors() {
    return List.of();
  }

  @Override
  public List<ConstructorResolver> getConstructorResolvers() {
    return List.of();
  }

  @Override
  public List<MethodResolver> getMethodResolvers() {
    return List.of();
  }

  @Override
  public @Nullable BeanResolver getBeanResolver() {
    return null;
  }

  @Override
  public TypeLocator getTypeLocator() {
    return NO_TYPES;
  }

  @Override
  public TypeConverter getTypeConverter() {
    return TYPE_CONVERTER;
  }

  @Override
  public TypeComparator getTypeComparator() {
    return TYPE_COMPARATOR;
  }

  @Override
  public OperatorOverloader getOperatorOverloader() {
    return OPERATOR_OVERLOADER;
  }
}
