package io.otlpevents.sample.demo;

import io.otlpevents.console.OtlpReceiver;
import io.otlpevents.delivery.Destination;
import io.otlpevents.otlp.OtlpGrpcDestination;
import io.otlpevents.otlp.OtlpSettings;
import java.net.URI;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Sends the events to the embedded receiver, whichever port it listens on. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(EmbeddedReceiverSwitch.EMBEDDED)
class EmbeddedReceiverConfiguration {

  @Bean
  Destination embeddedReceiver(OtlpReceiver receiver) {
    URI address = URI.create("http://" + receiver.host() + ":" + receiver.grpcPort());
    return OtlpGrpcDestination.create(OtlpSettings.builder(address).build());
  }
}
