package io.otlpevents.otlp;

import io.otlpevents.delivery.DeliveryOutcome;
import io.otlpevents.delivery.DeliveryOutcome.Delivered;
import io.otlpevents.delivery.DeliveryOutcome.PartiallyDelivered;
import java.nio.charset.StandardCharsets;

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

  private final byte[] bytes;
  private int position;
  private int limit;
  private long rejected;
  private String message = "";

  private ExportResponse(byte[] bytes) {
    this.bytes = bytes;
    this.limit = bytes.length;
  }

  static DeliveryOutcome parse(byte[] body) {
    ExportResponse response = new ExportResponse(body);
    if (!response.readResponse() || response.rejected <= 0) {
      return new Delivered();
    }
    return new PartiallyDelivered(response.rejected, response.message);
  }

  private boolean readResponse() {
    try {
      while (position < limit) {
        int tag = (int) varint();
        if (tag == PARTIAL_SUCCESS) {
          int outer = limit;
          int length = length();
          limit = position + length;
          readPartialSuccess();
          limit = outer;
        } else {
          skip(tag);
        }
      }
      return true;
    } catch (IndexOutOfBoundsException e) {
      return false;
    }
  }

  private void readPartialSuccess() {
    while (position < limit) {
      int tag = (int) varint();
      if (tag == REJECTED) {
        rejected = varint();
      } else if (tag == MESSAGE) {
        int length = length();
        message = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
      } else {
        skip(tag);
      }
    }
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= limit) {
        throw new IndexOutOfBoundsException();
      }
      byte next = bytes[position++];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IndexOutOfBoundsException();
  }

  private int length() {
    long length = varint();
    if (length < 0 || length > limit - position) {
      throw new IndexOutOfBoundsException();
    }
    return (int) length;
  }

  private void skip(int tag) {
    switch (tag & 7) {
      case 0 -> varint();
      case 1 -> advance(8);
      case 2 -> advance(length());
      case 5 -> advance(4);
      default -> throw new IndexOutOfBoundsException();
    }
  }

  private void advance(int bytes) {
    position += bytes;
  }
}
