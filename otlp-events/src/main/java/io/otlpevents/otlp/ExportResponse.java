package io.otlpevents.otlp;

import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliveryOutcome.Delivered;
import io.otlpevents.delivery.DeliveryOutcome.PartiallyDelivered;
import io.otlpevents.encode.ProtoFields;

/**
 * Reads the {@code ExportLogsServiceResponse} of a successful request. A body that cannot be read
 * counts as full success, for the request has been accepted.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#partial-success">OTLP partial success</a>
 */
final class ExportResponse {

  private static final int PARTIAL_SUCCESS = 1 << 3 | 2;
  private static final int REJECTED = 1 << 3;
  private static final int MESSAGE = 2 << 3 | 2;

  private ExportResponse() {}

  static DeliveryOutcome parse(byte[] body) {
    long rejected = 0;
    String message = "";
    try {
      ProtoFields response = new ProtoFields(body);
      while (response.next()) {
        if (response.tag() == PARTIAL_SUCCESS) {
          ProtoFields partial = response.message();
          while (partial.next()) {
            switch (partial.tag()) {
              case REJECTED -> rejected = partial.number();
              case MESSAGE -> message = partial.text();
              default -> {}
            }
          }
        }
      }
    } catch (IndexOutOfBoundsException e) {
      // Cut off or garbled: what was read before counts.
      message = "the receiver's answer cannot be read further";
    }
    return rejected > 0 || !message.isEmpty()
        ? new PartiallyDelivered(Math.max(0, rejected), message)
        : new Delivered();
  }
}
