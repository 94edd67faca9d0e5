package io.otlpevents.otlp;

import io.otlpevents.delivery.Destination;
import java.io.IOException;

class OtlpGrpcDestinationIntegrationTests extends DestinationContract {

  @Override
  ScriptedReceiver receiver() throws IOException {
    return new GrpcReceiver();
  }

  @Override
  Destination destination(OtlpSettings settings) {
    return OtlpGrpcDestination.create(settings);
  }
}
