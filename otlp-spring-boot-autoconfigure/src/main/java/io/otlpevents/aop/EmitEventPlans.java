package io.otlpevents.aop;

import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EventAttribute;
import io.otlpevents.aop.EmitEventPlan.ArgumentAttribute;
import io.otlpevents.aop.EmitEventPlan.ExpressionAttribute;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.util.ClassUtils;

/**
 * The plans of all annotated methods. All methods of a class are planned when it is first asked
 * for, which is when its bean is created, so that mistakes show at start.
 */
final class EmitEventPlans {

  private static final Log log = LogFactory.getLog(EmitEventPlans.class);

  private final ParameterNameDiscoverer parameterNames = new DefaultParameterNameDiscoverer();
  private final Map<Class<?>, Map<Method, Optional<EmitEventPlan>>> plans =
      new ConcurrentHashMap<>();

  /**
   * Whether the class has annotated methods, inherited ones included.
   *
   * @throws InvalidEmitEventException if one of them cannot work
   */
  boolean existFor(Class<?> targetClass) {
    return AnnotationUtils.isCandidateClass(targetClass, EmitEvent.class)
        && !ofClass(targetClass).isEmpty();
  }

  /** The plan for a method of a class, or null if the method is not annotated. */
  @Nullable EmitEventPlan find(Method method, Class<?> targetClass) {
    Map<Method, Optional<EmitEventPlan>> ofClass = ofClass(targetClass);
    Optional<EmitEventPlan> plan = ofClass.get(method);
    if (plan == null) {
      if (ofClass.isEmpty()) {
        return null;
      }
      // A method of an interface or of a superclass: remember what it resolves to.
      Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
      plan = ofClass.getOrDefault(specific, Optional.empty());
      if (plan.isEmpty() && !specific.equals(method)) {
        plan = Optional.ofNullable(plan(method));
      }
      ofClass.put(method, plan);
    }
    return plan.orElse(null);
  }

  private Map<Method, Optional<EmitEventPlan>> ofClass(Class<?> targetClass) {
    Map<Method, Optional<EmitEventPlan>> known = plans.get(targetClass);
    if (known == null) {
      Map<Method, EmitEventPlan> found = planAll(targetClass);
      if (found.isEmpty()) {
        known = Map.of();
      } else {
        known = new ConcurrentHashMap<>();
        for (Map.Entry<Method, EmitEventPlan> entry : found.entrySet()) {
          known.put(entry.getKey(), Optional.of(entry.getValue()));
        }
      }
      Map<Method, Optional<EmitEventPlan>> other = plans.putIfAbsent(targetClass, known);
      known = other == null ? known : other;
    }
    return known;
  }

  private Map<Method, EmitEventPlan> planAll(Class<?> targetClass) {
    try {
      return MethodIntrospector.selectMethods(
          targetClass, (MethodIntrospector.MetadataLookup<EmitEventPlan>) this::plan);
    } catch (IllegalStateException | LinkageError e) {
      // A class of somebody else's with an optional dependency missing: not ours to fail for.
      log.debug("The methods of " + targetClass.getName() + " cannot be seen", e);
      return Map.of();
    }
  }

  private @Nullable EmitEventPlan plan(Method method) {
    MergedAnnotation<EmitEvent> annotation =
        MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY).get(EmitEvent.class);
    return annotation.isPresent() ? new Planner(method, annotation).plan() : null;
  }

  /** Makes the plan of one method. */
  private final class Planner {

    private final Method method;
    private final Method annotatedMethod;
    private final EmitEvent annotation;
    private final Map<String, Integer> variables = new HashMap<>();
    private final Map<String, String> withoutValue = new HashMap<>();
    private final Set<String> keys = new HashSet<>();
    private final SpelExpressionParser parser;

    Planner(Method method, MergedAnnotation<EmitEvent> merged) {
      this.method = method;
      this.annotatedMethod = merged.getSource() instanceof Method source ? source : method;
      this.annotation = merged.synthesize();
      this.parser =
          new SpelExpressionParser(
              new SpelParserConfiguration(
                  SpelCompilerMode.MIXED, method.getDeclaringClass().getClassLoader()));
    }

    EmitEventPlan plan() {
      if (annotation.value().isBlank()) {
        throw invalid(
            "has no event name", "Write @EmitEvent(\"order.placed\"), with a name of your own.");
      }
      boolean onSuccess = annotation.on() != EmitEvent.Outcome.FAILURE;
      boolean onFailure = annotation.on() != EmitEvent.Outcome.SUCCESS;
      List<ArgumentAttribute> arguments = arguments();
      defineVariables(onSuccess, onFailure);
      List<ExpressionAttribute> expressions = new ArrayList<>();
      for (String attribute : annotation.attributes()) {
        expressions.add(expression(attribute));
      }
      return new EmitEventPlan(
          ClassUtils.getQualifiedMethodName(method),
          annotation.value(),
          annotation.type(),
          annotation.severity(),
          onSuccess,
          onFailure,
          arguments,
          expressions,
          variables);
    }

    private List<ArgumentAttribute> arguments() {
      List<ArgumentAttribute> found = new ArrayList<>();
      for (MethodParameter parameter : new AnnotatedMethod(method).getMethodParameters()) {
        EventAttribute attribute = parameter.getParameterAnnotation(EventAttribute.class);
        if (attribute != null) {
          int index = parameter.getParameterIndex();
          String key = attribute.value().isBlank() ? parameterName(index) : attribute.value();
          if (key == null) {
            throw invalid(
                "has an @EventAttribute on parameter " + index + ", whose name is not known",
                "Write @EventAttribute(\"key\"), or compile with -parameters.");
          }
          add(key);
          found.add(new ArgumentAttribute(key, index));
        }
      }
      return found;
    }

    private @Nullable String parameterName(int index) {
      for (Method candidate : List.of(annotatedMethod, method)) {
        @Nullable String[] names = parameterNames.getParameterNames(candidate);
        if (names != null) {
          return names[index];
        }
      }
      return null;
    }

    private void defineVariables(boolean onSuccess, boolean onFailure) {
      // Where names differ, those next to the annotation win: its author sees them.
      for (Method named : List.of(annotatedMethod, method)) {
        @Nullable String[] names = parameterNames.getParameterNames(named);
        for (int i = 0; names != null && i < names.length; i++) {
          String name = names[i];
          if (name != null) {
            variables.putIfAbsent(name, i);
          }
        }
      }
      for (int i = 0; i < method.getParameterCount(); i++) {
        variables.put("p" + i, i);
        variables.put("a" + i, i);
      }
      variables.remove("result");
      variables.remove("error");
      if (!onSuccess) {
        withoutValue.put("result", "the event is emitted on failure only");
      } else if (method.getReturnType() == void.class) {
        withoutValue.put("result", "the method returns nothing");
      } else {
        variables.put("result", CallContext.RESULT);
      }
      if (onFailure) {
        variables.put("error", CallContext.ERROR);
      } else {
        withoutValue.put("error", "the event is emitted on success only");
      }
    }

    private ExpressionAttribute expression(String attribute) {
      int split = attribute.indexOf('=');
      String key = split < 0 ? "" : attribute.substring(0, split).strip();
      String text = attribute.substring(split + 1).strip();
      if (key.isEmpty() || text.isEmpty()) {
        throw invalid(
            "has the attribute '" + attribute + "', which is not of the form key=expression",
            "Write for example \"order.id=#order.id\".");
      }
      add(key);
      SpelExpression expression;
      try {
        expression = parser.parseRaw(text);
      } catch (ParseException | IllegalStateException e) {
        throw invalid(
            "has the attribute '"
                + attribute
                + "', whose expression cannot be read: "
                + (e instanceof ParseException parse ? parse.toDetailedString() : e.getMessage()),
            "Write an expression of the Spring Expression Language, for example #order.id.");
      }
      ExpressionRules.Violation violation =
          new ExpressionRules(variables, withoutValue).check(expression.getAST());
      if (violation != null) {
        throw invalid(
            "has the attribute '" + attribute + "', whose expression " + violation.problem(),
            violation.fix());
      }
      return new ExpressionAttribute(key, expression);
    }

    private void add(String key) {
      if (!keys.add(key)) {
        throw invalid("sets the attribute '" + key + "' twice", "Give each a key of its own.");
      }
    }

    private InvalidEmitEventException invalid(String problem, String fix) {
      return new InvalidEmitEventException(method, problem, fix);
    }
  }
}
