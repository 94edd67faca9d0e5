package io.otlpevents.aop;

import io.otlpevents.EventEmitter;
import io.otlpevents.PayloadMode;
import io.otlpevents.Sensitivity;
import io.otlpevents.annotation.EmitEvent;
import io.otlpevents.annotation.EmitEvent.Phase;
import io.otlpevents.annotation.EmitEvent.WithoutTransaction;
import io.otlpevents.annotation.EventAttribute;
import io.otlpevents.annotation.Sensitive;
import io.otlpevents.aop.EmitEventPlan.Attribute;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodParameter;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.util.ClassUtils;

/** Checks one annotation on one method, and makes the plan of its event. */
final class EmitEventPlanner {

  private static final ParameterNameDiscoverer PARAMETER_NAMES =
      new DefaultParameterNameDiscoverer();

  private final Method method;
  private final Method annotatedMethod;
  private final EmitEvent annotation;
  private final ResultKind kind;
  private final int parameterCount;
  private final MethodParameter[] parameters;
  private final Map<String, Variable> variables = new HashMap<>();
  private final Map<String, String> withoutValue = new HashMap<>();
  private final Set<String> keys = new HashSet<>();
  private final SpelExpressionParser parser;

  EmitEventPlanner(Method method, MergedAnnotation<EmitEvent> merged, ResultKind kind) {
    this.method = method;
    this.annotatedMethod = merged.getSource() instanceof Method source ? source : method;
    this.annotation = merged.synthesize();
    this.kind = kind;
    // A coroutine's continuation is nobody's argument.
    this.parameterCount =
        method.getParameterCount() - (KotlinDetector.isSuspendingFunction(method) ? 1 : 0);
    this.parameters = new AnnotatedMethod(method).getMethodParameters();
    this.parser =
        new SpelExpressionParser(
            new SpelParserConfiguration(
                SpelCompilerMode.MIXED, method.getDeclaringClass().getClassLoader()));
  }

  /**
   * Makes the plan.
   *
   * @throws InvalidEmitEventException if it cannot work
   */
  EmitEventPlan plan(Function<String, EventEmitter> emitters) {
    check();
    defineVariables();
    List<Attribute> attributes = new ArrayList<>(arguments());
    for (String attribute : annotation.attributes()) {
      attributes.add(attribute(attribute));
    }
    if (annotation.duration()) {
      add(EmitEvent.DURATION_ATTRIBUTE);
    }
    PayloadMode[] modes = annotation.payloadMode();
    return new EmitEventPlan(
        ClassUtils.getQualifiedMethodName(method),
        new EmitEventPlan.Settings(
            annotation.value(),
            annotation.type(),
            annotation.severity(),
            annotation.on(),
            List.of(annotation.errors()),
            annotation.when().isBlank()
                ? null
                : value("has the condition '" + annotation.when() + "'", annotation.when(), false),
            attributes,
            annotation.payload().isBlank()
                ? null
                : value(
                    "has the payload '" + annotation.payload() + "'", annotation.payload(), true),
            modes.length == 0 ? null : modes[0],
            annotation.duration(),
            annotation.phase(),
            annotation.withoutTransaction(),
            annotation.sample(),
            annotation.emitter()),
        emitters);
  }

  private void check() {
    if (annotation.value().isBlank()) {
      throw invalid(
          "has no event name", "Write @EmitEvent(\"order.placed\"), with a name of your own.");
    }
    if (annotation.errors().length > 0 && annotation.on() == EmitEvent.Outcome.SUCCESS) {
      throw invalid(
          "names errors, but is emitted on success only",
          "Write on = Outcome.FAILURE or on = Outcome.COMPLETION, or leave out the errors.");
    }
    if (annotation.payloadMode().length > 1) {
      throw invalid("has several payload modes", "Write one.");
    }
    if (annotation.payloadMode().length == 1 && annotation.payload().isBlank()) {
      throw invalid(
          "has a payload mode, but no payload", "Write payload = EmitEvent.RESULT, for example.");
    }
    if (!(annotation.sample() >= 0 && annotation.sample() <= 1)) {
      throw invalid("has the share " + annotation.sample(), "Write a sample from 0 to 1.");
    }
    if (annotation.phase() == Phase.NOW) {
      if (annotation.withoutTransaction() != WithoutTransaction.EMIT) {
        throw invalid(
            "says what to do without a transaction, but does not wait for one",
            "Write phase = Phase.AFTER_COMMIT, or leave out withoutTransaction.");
      }
    } else if (kind == ResultKind.FUTURE) {
      throw invalid(
          "waits for the end of a transaction (phase = "
              + annotation.phase()
              + "), but the method's result is complete only later and elsewhere",
          "Leave out the phase: without it, an event of such a method is emitted when its result is"
              + " complete. Or emit it with an EventEmitter.");
    }
  }

  private List<Attribute> arguments() {
    List<Attribute> found = new ArrayList<>();
    for (int index = 0; index < parameterCount; index++) {
      EventAttribute attribute = parameters[index].getParameterAnnotation(EventAttribute.class);
      if (attribute != null) {
        String key = attribute.value().isBlank() ? parameterName(index) : attribute.value();
        if (key == null) {
          throw invalid(
              "has an @EventAttribute on parameter " + index + ", whose name is not known",
              "Write @EventAttribute(\"key\"), or compile with -parameters.");
        }
        add(key);
        found.add(new Attribute(key, argument(index)));
      }
    }
    return found;
  }

  private Variable argument(int index) {
    Sensitive sensitive = parameters[index].getParameterAnnotation(Sensitive.class);
    return new Variable(
        index, method.getParameterTypes()[index], sensitive == null ? null : sensitive.value());
  }

  private @Nullable String parameterName(int index) {
    for (Method candidate : List.of(annotatedMethod, method)) {
      @Nullable String[] names = PARAMETER_NAMES.getParameterNames(candidate);
      if (names != null && index < names.length) {
        return names[index];
      }
    }
    return null;
  }

  private void defineVariables() {
    // Where names differ, those next to the annotation win: its author sees them.
    for (Method named : List.of(annotatedMethod, method)) {
      @Nullable String[] names = PARAMETER_NAMES.getParameterNames(named);
      for (int i = 0; names != null && i < Math.min(names.length, parameterCount); i++) {
        String name = names[i];
        if (name != null) {
          variables.putIfAbsent(name, argument(i));
        }
      }
    }
    for (int i = 0; i < parameterCount; i++) {
      variables.put("p" + i, argument(i));
      variables.put("a" + i, argument(i));
    }
    variables.remove("result");
    variables.remove("error");
    defineResult();
    if (annotation.on() == EmitEvent.Outcome.SUCCESS) {
      withoutValue.put("error", "the event is emitted on success only");
    } else {
      variables.put("error", new Variable(Call.ERROR, Throwable.class, null));
    }
  }

  private void defineResult() {
    if (annotation.on() == EmitEvent.Outcome.FAILURE) {
      withoutValue.put("result", "the event is emitted on failure only");
    } else if (method.getReturnType() == void.class) {
      withoutValue.put("result", "the method returns nothing");
    } else if (kind.isMany(method)) {
      withoutValue.put("result", "the method's result is many values");
    } else {
      Class<?> type = kind == ResultKind.VALUE ? method.getReturnType() : Object.class;
      Sensitive sensitive = AnnotatedElementUtils.findMergedAnnotation(method, Sensitive.class);
      Sensitivity sensitivity = sensitive == null ? null : sensitive.value();
      variables.put("result", new Variable(Call.RESULT, type, sensitivity));
    }
  }

  private Attribute attribute(String attribute) {
    int split = attribute.indexOf('=');
    String key = split < 0 ? "" : attribute.substring(0, split).strip();
    String text = attribute.substring(split + 1).strip();
    if (key.isEmpty() || text.isEmpty()) {
      throw invalid(
          "has the attribute '" + attribute + "', which is not of the form key=expression",
          "Write for example \"order.id=#order.id\".");
    }
    add(key);
    return new Attribute(key, value("has the attribute '" + attribute + "'", text, true));
  }

  private CallValue value(String what, String text, boolean recorded) {
    SpelExpression expression;
    try {
      expression = parser.parseRaw(text);
    } catch (ParseException | IllegalStateException e) {
      throw invalid(
          what
              + ", whose expression cannot be read: "
              + (e instanceof ParseException parse ? parse.toDetailedString() : e.getMessage()),
          "Write an expression of the Spring Expression Language, for example #order.id.");
    }
    ExpressionRules.Violation violation =
        new ExpressionRules(variables, withoutValue).check(expression.getAST());
    if (violation != null) {
      throw invalid(what + ", whose expression " + violation.problem(), violation.fix());
    }
    PropertyPath path = PropertyPaths.of(expression.getAST(), variables, recorded);
    if (path == null) {
      return new SpelValue(expression, Map.copyOf(variables), recorded);
    }
    String problem = path.problem();
    if (problem != null) {
      throw invalid(
          what + ", whose expression " + problem,
          "Name a getter's property, a record component or a public field.");
    }
    return path;
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
