package io.otlpevents.autoconfigure;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.otlpevents.resource.ResourceDetection;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Describes the application as Spring Boot's own OpenTelemetry support does, also for applications
 * that are without it. In order of precedence: {@code
 * management.opentelemetry.resource-attributes}, {@code OTEL_SERVICE_NAME}, {@code
 * OTEL_RESOURCE_ATTRIBUTES}, and the application's name and group; a bean takes the place of all of
 * these. What is detected comes below.
 */
final class EventResource {

  private static final Bindable<Map<String, String>> TEXTS =
      Bindable.mapOf(String.class, String.class);

  private EventResource() {}

  /**
   * Describes the application.
   *
   * @param bean the application's own description, or null if it has none
   * @param detection whether to look at the machine and the process, too
   */
  static Resource from(Environment environment, @Nullable Resource bean, boolean detection) {
    if (bean != null) {
      return detection
          ? ResourceDetection.ofThisProcess().detect(Attributes.empty()).merge(bean)
          : bean;
    }
    Attributes stated = stated(environment);
    return detection
        ? ResourceDetection.ofThisProcess().detect(stated)
        : Resource.getDefault().merge(Resource.create(stated));
  }

  private static Attributes stated(Environment environment) {
    Map<String, String> values = new LinkedHashMap<>();
    putText(values, "service.name", environment.getProperty("spring.application.name"));
    putText(values, "service.namespace", environment.getProperty("spring.application.group"));
    values.putAll(otelAttributes(environment));
    putText(values, "service.name", environment.getProperty("otel.service.name"));
    values.putAll(bound(environment, "management.opentelemetry.resource-attributes"));

    AttributesBuilder attributes = Attributes.builder();
    values.forEach(attributes::put);
    return attributes.build();
  }

  /** {@code a=1,b=2} of the environment variable, or the entries of OpenTelemetry's own starter. */
  private static Map<String, String> otelAttributes(Environment environment) {
    String property = "otel.resource.attributes";
    String text = environment.getProperty(property);
    if (text == null) {
      return bound(environment, property);
    }
    Map<String, String> values = new LinkedHashMap<>();
    for (String entry : text.split(",", -1)) {
      int split = entry.indexOf('=');
      if (split > 0) {
        putText(
            values, entry.substring(0, split).strip(), decode(entry.substring(split + 1).strip()));
      }
    }
    return values;
  }

  private static Map<String, String> bound(Environment environment, String property) {
    return Binder.get(environment).bind(property, TEXTS).orElseGet(Map::of);
  }

  /** Percent-decodes, but leaves a plus sign alone. */
  private static String decode(String value) {
    try {
      return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) { // not encoded after all
      return value;
    }
  }

  private static void putText(Map<String, String> values, String key, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      values.put(key, value);
    }
  }
}
