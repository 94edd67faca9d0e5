package io.otlpevents.sample;

import io.otlpevents.sample.demo.EmbeddedReceiverSwitch;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The shop. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class SampleShopApplication {

  /** Opens the shop. */
  public static void main(String[] args) {
    SpringApplication application = new SpringApplication(SampleShopApplication.class);
    // Not needed in an application of your own: it has a Collector, and otlp.endpoint names it.
    application.addListeners(new EmbeddedReceiverSwitch());
    application.run(args);
  }
}
