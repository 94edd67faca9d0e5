package io.otlpevents.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
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
    String origin = origin(cause.getProperty());
    if (origin != null) {
      description.append(" (from ").append(origin).append(')');
    }
    description.append(' ').append(cause.getProblem()).append('.');
    return new FailureAnalysis(description.toString(), cause.getFix(), cause);
  }

  private @Nullable String origin(String property) {
    if (!ConfigurationPropertyName.isValid(property)) {
      return null;
    }
    ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
      ConfigurationProperty found = source.getConfigurationProperty(name);
      if (found != null) {
        return found.getOrigin() == null ? null : found.getOrigin().toString();
      }
    }
    return null;
  }
}
