package io.otlpevents.benchmarks;

import io.opentelemetry.sdk.common.export.MessageWriter;
import io.otlpevents.delivery.DeliverySettings;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The bytes of an {@code ExportLogsServiceRequest}, made beforehand. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CannedRequest(byte[] bytes, int count) implements MessageWriter {

  private static final int PIECE = 8 * 1024;

  /**
   * Makes requests of {@link SampleEvent}s with the engine, and so with the size that it gives
   * them.
   */
  static List<CannedRequest> make(int requests) {
    int full = DeliverySettings.defaults().maxBatchSize() * 9 / 10;
    BlockingQueue<CannedRequest> made = new LinkedBlockingQueue<>();
    try (EngineClient engine =
        EngineClient.capturing(
            request -> {
              // Some are smaller because the longest delay was over.
              if (request.getContentLength() >= full) {
                made.add(request);
              }
            })) {
      for (long number = 0; made.size() < requests; number++) {
        engine.emit(number);
      }
    }
    return made.stream().limit(requests).toList();
  }

  @Override
  public void writeMessage(OutputStream output) throws IOException {
    // In pieces of the size of the sender's buffers, which it then uses again and again; handed all
    // at once it would take new memory for the whole request.
    for (int at = 0; at < bytes.length; at += PIECE) {
      output.write(bytes, at, Math.min(PIECE, bytes.length - at));
    }
  }

  @Override
  public int getContentLength() {
    return bytes.length;
  }
}
