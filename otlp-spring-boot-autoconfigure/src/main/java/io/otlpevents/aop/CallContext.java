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

  static final int RESULT = -1;
  static final int ERROR = -2;

  private static final List<PropertyAccessor> PROPERTY_ACCESSORS =
      List.of(new ReadOnlyPropertyAccessor());
  private static final TypeConverter TYPE_CONVERTER = new StandardTypeConverter();
  private static final TypeComparator TYPE_COMPARATOR = new StandardTypeComparator();
  private static final OperatorOverloader OPERATOR_OVERLOADER = new StandardOperatorOverloader();
  private static final TypeLocator NO_TYPES =
      name -> {
        throw new SpelEvaluationException(SpelMessage.TYPE_NOT_FOUND, name);
      };

  private final Map<String, Integer> variables;
  private final @Nullable Object[] arguments;
  private final @Nullable Object result;
  private final @Nullable Throwable error;

  /**
   * Creates the view of one call.
   *
   * @param variables name to index of the argument, or {@link #RESULT}, or {@link #ERROR}
   * @param result null for none
   * @param error null for none
   */
  CallContext(
      Map<String, Integer> variables,
      @Nullable Object[] arguments,
      @Nullable Object result,
      @Nullable Throwable error) {
    this.variables = variables;
    this.arguments = arguments;
    this.result = result;
    this.error = error;
  }

  @Override
  public @Nullable Object lookupVariable(String name) {
    Integer index = variables.get(name);
    if (index == null) {
      return null;
    }
    return switch (index) {
      case RESULT -> result;
      case ERROR -> error;
      default -> arguments[index];
    };
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
    return PROPERTY_ACCESSORS;
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
