package io.otlpevents.sample.demo;

import java.util.Map;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Switches the embedded receiver on where no Collector is named, so that the shop runs with no
 * configuration at all. A condition on a property cannot do that: {@code otlp.console.enabled}
 * depends on another property being absent.
 */
public final class EmbeddedReceiverSwitch
    implements ApplicationListener<ApplicationEnvironmentPreparedEvent> {

  /** Whether events go to the embedded receiver; set by this class only. */
  static final String EMBEDDED = "shop.embedded-receiver";

  @Override
  public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
    ConfigurableEnvironment environment = event.getEnvironment();
    boolean collectorIsNamed = StringUtils.hasText(environment.getProperty("otlp.endpoint"));
    if (!collectorIsNamed && environment.getProperty("otlp.console.enabled", Boolean.class, true)) {
      environment
          .getPropertySources()
          .addLast(
              new MapPropertySource(
                  "embeddedReceiver", Map.of("otlp.console.enabled", "true", EMBEDDED, "true")));
    }
  }
}
