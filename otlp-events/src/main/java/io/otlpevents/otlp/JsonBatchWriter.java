package io.otlpevents.otlp;

import io.opentelemetry.sdk.common.export.MessageWriter;
import io.otlpevents.delivery.EventBatch;
import io.otlpevents.encode.JsonTranscoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** A batch as OTLP/JSON, written anew for each attempt. */
record JsonBatchWriter(EventBatch batch) implements MessageWriter {

  @Override
  public void writeMessage(OutputStream output) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream(batch.contentLength());
    batch.writeTo(request);
    JsonTranscoder.transcode(request.toByteArray(), output);
  }

  /** Unknown before it is written. */
  @Override
  public int getContentLength() {
    return -1;
  }
}
