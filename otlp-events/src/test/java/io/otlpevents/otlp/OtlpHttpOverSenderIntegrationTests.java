package io.otlpevents.otlp;

import io.otlpevents.delivery.Destination;
import java.io.IOException;

class OtlpHttpOverSenderIntegrationTests extends DestinationContract {

  @Override
  ScriptedReceiver receiver() throws IOException {
    return new HttpReceiver();
  }

  @Override
  Destination destination(OtlpSettings settings) {
    return OtlpHttpDestination.over(settings, OtlpEncoding.PROTOBUF, SenderTransport::create);
  }

  @Override
  boolean seesDelays() {
    return false;
  }
}
