package io.otlpevents.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether events are on: neither switched off themselves, nor together with OpenTelemetry. */
final class EventsEnabledCondition extends SpringBootCondition {

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    String reason = reasonToBeOff(context.getEnvironment());
    ConditionMessage.Builder message = ConditionMessage.forCondition("OTLP events");
    return reason == null
        ? ConditionOutcome.match(message.because("nothing switches them off"))
        : ConditionOutcome.noMatch(message.because(reason));
  }

  /** The property that switches events off, with its value, or null if none does. */
  static @Nullable String reasonToBeOff(Environment environment) {
    if (isFalse(environment, "otlp.events.enabled")) {
      return "otlp.events.enabled=false";
    }
    if (isFalse(environment, "management.opentelemetry.enabled")) {
      return "management.opentelemetry.enabled=false";
    }
    // The environment variable OTEL_SDK_DISABLED is read by the same name.
    if (isEqual(environment, "otel.sdk.disabled", "true")) {
      return "otel.sdk.disabled=true";
    }
    return null;
  }

  private static boolean isFalse(Environment environment, String property) {
    return isEqual(environment, property, "false");
  }

  private static boolean isEqual(Environment environment, String property, String value) {
    String actual = environment.getProperty(property);
    return actual != null && actual.strip().equalsIgnoreCase(value);
  }

  /** The opposite. */
  static final class Not extends NoneNestedConditions {

    Not() {
      super(ConfigurationPhase.PARSE_CONFIGURATION);
    }

    @Conditional(EventsEnabledCondition.class)
    static final class Enabled {}
  }
}
