package io.otlpevents.sample.demo;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Names the property; Spring Boot's own analysis does not. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class WebPortFailureAnalyzer extends AbstractFailureAnalyzer<PortInUseException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, PortInUseException cause) {
    return new FailureAnalysis(
        "The shop cannot listen on port " + cause.getPort() + ", because it is in use.",
        "Stop what listens on port "
            + cause.getPort()
            + ", or set server.port to another port, or to 0 for any free one.",
        cause);
  }
}
