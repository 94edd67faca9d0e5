package io.otlpevents.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether the trace context is carried on. Switching off OpenTelemetry's SDK switches this off,
 * too, unless it is switched on by its own property.
 */
final class PropagationEnabledCondition extends SpringBootCondition {

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    Environment environment = context.getEnvironment();
    ConditionMessage.Builder message = ConditionMessage.forCondition("OTLP propagation");
    String enabled = environment.getProperty("otlp.propagation.enabled");
    if (enabled != null && !enabled.isBlank()) {
      return new ConditionOutcome(
          !enabled.strip().equalsIgnoreCase("false"),
          message.because("otlp.propagation.enabled=" + enabled));
    }
    // The environment variable OTEL_SDK_DISABLED is read by the same name.
    String disabled = environment.getProperty("otel.sdk.disabled");
    return disabled != null && disabled.strip().equalsIgnoreCase("true")
        ? ConditionOutcome.noMatch(message.because("otel.sdk.disabled=true"))
        : ConditionOutcome.match(message.because("nothing switches it off"));
  }
}
