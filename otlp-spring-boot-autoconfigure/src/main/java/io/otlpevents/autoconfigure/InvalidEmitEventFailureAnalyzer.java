package io.otlpevents.autoconfigure;

import io.otlpevents.aop.InvalidEmitEventException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Explains a mistake in an annotation: its method, the expression, and what to write instead. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidEmitEventFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidEmitEventException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidEmitEventException cause) {
    return new FailureAnalysis(
        "@EmitEvent on " + cause.getLocation() + " " + cause.getProblem() + ".",
        cause.getFix(),
        cause);
  }
}
