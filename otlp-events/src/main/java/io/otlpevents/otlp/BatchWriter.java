package io.otlpevents.otlp;

import io.opentelemetry.sdk.common.export.MessageWriter;
import io.otlpevents.delivery.EventBatch;
import java.io.IOException;
import java.io.OutputStream;

/** A batch as a message of OpenTelemetry's senders. */
record BatchWriter(EventBatch batch) implements MessageWriter {

  @Override
  public void writeMessage(OutputStream output) throws IOException {
    batch.writeTo(output);
  }

  @Override
  public int getContentLength() {
    return batch.contentLength();
  }
}
