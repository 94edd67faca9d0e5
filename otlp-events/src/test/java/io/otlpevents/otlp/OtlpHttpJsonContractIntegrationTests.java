package io.otlpevents.otlp;

import io.otlpevents.delivery.Destination;
import java.io.IOException;

class OtlpHttpJsonContractIntegrationTests extends DestinationContract {

  @Override
  ScriptedReceiver receiver() throws IOException {
    return new HttpReceiver();
  }

  @Override
  Destination destination(OtlpSettings settings) {
    return OtlpHttpDestination.create(settings, OtlpEncoding.JSON);
  }
}
