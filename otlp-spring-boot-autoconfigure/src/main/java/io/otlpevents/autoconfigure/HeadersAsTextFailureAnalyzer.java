package io.otlpevents.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains headers that were written as one text, as OpenTelemetry's variables have them. Spring
 * Boot's own explanation would show the text, which holds secrets.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class HeadersAsTextFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

  @Override
  protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
    if (!cause.getName().toString().equals("otlp.headers")) {
      return null;
    }
    String origin =
        cause.getProperty() == null || cause.getProperty().getOrigin() == null
            ? ""
            : " (from " + cause.getProperty().getOrigin() + ")";
    return new FailureAnalysis(
        "The property otlp.headers" + origin + " is one text, but needs one entry for each header.",
        "Write otlp.headers.x-api-key=…, with each header's name as the last part of a property.",
        cause);
  }
}
