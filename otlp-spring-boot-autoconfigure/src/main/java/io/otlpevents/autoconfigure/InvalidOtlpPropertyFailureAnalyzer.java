package io.otlpevents.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Explains a wrong property: its name, its value, where it was set, and what to write instead. */
@Order(Ordered.HIGHEST_PRECEDENCE) // before Spring Boot's own, which sees a failed binding
final class InvalidOtlpPropertyFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidOtlpPropertyException> {

  private final Environment environment;

  InvalidOtlpPropertyFailureAnalyzer(Environment environment) {
    this.environment = environment;
  }

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidOtlpPropertyException cause) {
    StringBuilder description = new StringBuilder("The property ").append(cause.getProperty());
    if (cause.getValue() != null) {
      description.append(" with the value \"").append(cause.getValue()).append('"');
    }
    String origin = PropertyOrigin.of(environment, cause.getProperty());
    if (origin != null) {
      description.append(" (from ").append(origin).append(')');
    }
    description.append(' ').append(cause.getProblem()).append('.');
    return new FailureAnalysis(description.toString(), cause.getFix(), cause);
  }
}
