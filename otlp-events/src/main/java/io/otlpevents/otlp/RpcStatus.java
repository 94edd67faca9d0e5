package io.otlpevents.otlp;

import io.otlpevents.encode.ProtoFields;
import java.time.DateTimeException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A {@code google.rpc.Status}, as receivers send it in error bodies and in the trailer {@code
 * grpc-status-details-bin}.
 *
 * @param message the receiver's words; empty for none
 * @param retryDelay the delay of a {@code google.rpc.RetryInfo} among the details; null for none
 * @see <a
 *     href="https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto">error_details.proto</a>
 */
record RpcStatus(String message, @Nullable Duration retryDelay) {

  private static final RpcStatus NONE = new RpcStatus("", null);
  private static final int FIRST_VARINT = 1 << 3;
  private static final int SECOND_VARINT = 2 << 3;
  private static final int FIRST = 1 << 3 | 2;
  private static final int SECOND = 2 << 3 | 2;
  private static final int THIRD = 3 << 3 | 2;

  /** Reads a status; an unreadable one says nothing. */
  static RpcStatus parse(byte[] bytes) {
    String message = "";
    Duration delay = null;
    try {
      ProtoFields status = new ProtoFields(bytes);
      while (status.next()) {
        switch (status.tag()) {
          case SECOND -> message = status.text();
          case THIRD -> {
            Duration found = detail(status.message());
            delay = found == null ? delay : found;
          }
          default -> {}
        }
      }
      return new RpcStatus(message, delay);
    } catch (IndexOutOfBoundsException | DateTimeException | ArithmeticException e) {
      return NONE;
    }
  }

  private static @Nullable Duration detail(ProtoFields any) {
    String type = "";
    ProtoFields value = null;
    while (any.next()) {
      switch (any.tag()) {
        case FIRST -> type = any.text();
        case SECOND -> value = any.message();
        default -> {}
      }
    }
    if (value == null || !type.endsWith("/google.rpc.RetryInfo")) {
      return null;
    }
    while (value.next()) {
      if (value.tag() == FIRST) {
        return duration(value.message());
      }
    }
    // The field is absent when the delay is zero.
    return Duration.ZERO;
  }

  private static Duration duration(ProtoFields fields) {
    long seconds = 0;
    long nanos = 0;
    while (fields.next()) {
      switch (fields.tag()) {
        case FIRST_VARINT -> seconds = fields.number();
        case SECOND_VARINT -> nanos = fields.number();
        default -> {}
      }
    }
    return Duration.ofSeconds(seconds, nanos);
  }
}
