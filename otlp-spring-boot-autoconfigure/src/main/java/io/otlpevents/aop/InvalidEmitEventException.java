package io.otlpevents.aop;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An {@code @EmitEvent} or {@code @EventAttribute} that cannot work. Thrown while the application
 * starts, when the bean with the annotated method is created.
 */
public final class InvalidEmitEventException extends RuntimeException {

  private final String location;
  private final String problem;
  private final String fix;

  InvalidEmitEventException(Method method, String problem, String fix) {
    super("@EmitEvent on " + describe(method) + " " + problem + ". " + fix);
    this.location = describe(method);
    this.problem = problem;
    this.fix = fix;
  }

  /** The annotated method with its class. */
  public String getLocation() {
    return location;
  }

  /** What is wrong; continues a sentence that begins with the annotation and its method. */
  public String getProblem() {
    return problem;
  }

  /** What to write instead. */
  public String getFix() {
    return fix;
  }

  private static String describe(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(
            Collectors.joining(
                ", ", method.getDeclaringClass().getName() + "." + method.getName() + "(", ")"));
  }
}
