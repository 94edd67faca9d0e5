package io.otlpevents.otlp;

import io.otlpevents.delivery.Destination;
import java.io.IOException;

class OtlpGrpcOverSenderIntegrationTests extends DestinationContract {

  @Override
  ScriptedReceiver receiver() throws IOException {
    return new GrpcReceiver();
  }

  @Override
  Destination destination(OtlpSettings settings) {
    return OtlpGrpcDestination.over(settings, SenderTransport::create);
  }

  @Override
  boolean seesDelays() {
    return false;
  }
}
